import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { EventStore } from '#event-store/store';
import { checkBackup, readBackup, writeBackup } from '#event-store/transfer/backup-file';
import type { LogLine } from '#event-store/transfer/log-line';
import { linesOf } from '#event-store/transfer/server-log';
import { atStores } from './connection.js';
import { firstOf, inWords, mustBeSame, release, telling, withLog } from './copying.js';

/** `backup` and `verify`: the log in a file. */
export function addBackup(program: Command): void {
  program
    .command('backup <file>')
    .description('Writes the log up to its present head into a file, beside whatever runs on it')
    .option('--continue', 'adds what is new to an earlier backup of the same log')
    .action((file: string, options: { continue?: true }) => backUp(file, options.continue ?? false));
  program
    .command('verify <file>')
    .description('Reads a backup to its end and checks that it is whole and unchanged')
    .option('--log', 'compares it event by event with the log as well, which may have gone on since')
    .action((file: string, options: { log?: true }) => verify(file, options.log ?? false));
}

async function backUp(file: string, continued: boolean): Promise<void> {
  if (!continued && existsSync(file))
    throw new Error(`${file} is there already: name another file, or --continue it`);
  await atStores(({ eventStoreUrl }) =>
    withLog(eventStoreUrl, async (log) => {
      const upTo = await log.head();
      if (upTo === undefined) throw new Error('the log is empty: there is nothing to back up');
      const lines = continued ? await continuing(file, log, upTo) : linesOf(log, { upTo });
      const manifest = await writeBackup(file, telling('backing up', lines), release());
      console.log(`${file}: ${inWords(manifest)}`);
    }),
  );
}

/** The events of an earlier backup and those that followed. It is written anew, so that it is whole whatever happens. */
async function continuing(file: string, log: EventStore, upTo: bigint): Promise<AsyncIterable<LogLine>> {
  const { head } = await checkBackup(file);
  const last = await log.eventAt(head.position);
  if (last?.eventId !== head.eventId)
    throw new Error(
      `this log does not hold event ${head.eventId} at position ${head.position}, where ${file} ends: ` +
        'it is another log, or has moved to another server. Make a new backup',
    );
  return (async function* () {
    yield* readBackup(file);
    yield* linesOf(log, { after: head.position, upTo });
  })();
}

async function verify(file: string, withTheLog: boolean): Promise<void> {
  const manifest = await checkBackup(file);
  console.log(`${file}: ${inWords(manifest)}`);
  if (!withTheLog) return;
  await atStores(({ eventStoreUrl }) =>
    withLog(eventStoreUrl, (log) =>
      mustBeSame(
        { name: file, lines: readBackup(file) },
        { name: 'the log', lines: firstOf(linesOf(log), manifest.events) },
      ),
    ),
  );
}
