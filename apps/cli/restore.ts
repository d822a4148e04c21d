import type { Command } from 'commander';
import type { EventStore } from '#event-store/store';
import { checkBackup, readBackup } from '#event-store/transfer/backup-file';
import { copyInto } from '#event-store/transfer/copy';
import { linesOf } from '#event-store/transfer/server-log';
import { atStores } from './connection.js';
import { inWords, mustBeSame, telling, withLog } from './copying.js';

/** `restore`: a backup into an empty event store. */
export function addRestore(program: Command): void {
  program
    .command('restore <file>')
    .description(
      'Writes a backup into an empty event store and compares; asked again, goes on where it was interrupted',
    )
    .action((file: string) =>
      atStores(({ eventStoreUrl }) => withLog(eventStoreUrl, (log) => restore(file, log))),
    );
}

/** Nothing is written before the whole file has proved to be undamaged. */
async function restore(file: string, log: EventStore): Promise<void> {
  console.log(`${file}: ${inWords(await checkBackup(file))}`);
  const { found, written } = await copyInto(log, telling('restoring', readBackup(file)));
  console.log(`${written} events written, ${found} were there already`);
  await mustBeSame({ name: file, lines: readBackup(file) }, { name: 'the log', lines: linesOf(log) });
}
