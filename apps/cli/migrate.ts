import type { Command } from 'commander';
import type { EventStore } from '#event-store/store';
import { copyInto } from '#event-store/transfer/copy';
import { linesOf } from '#event-store/transfer/server-log';
import { atStores } from './connection.js';
import { mustBeSame, telling, withLog } from './copying.js';

/** `migrate`: the log onto another server. */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Copies the log to another, empty server and compares; asked again, adds what is new since')
    .requiredOption('--to <url>', 'the other server: esdb://host:2113?tls=true')
    .action(({ to }: { to: string }) =>
      atStores(({ eventStoreUrl }) =>
        withLog(eventStoreUrl, (source) => withLog(to, (target) => migrate(source, target))),
      ),
    );
}

async function migrate(source: EventStore, target: EventStore): Promise<void> {
  const upTo = await source.head();
  if (upTo === undefined) throw new Error('the log is empty: there is nothing to migrate');
  const { found, written } = await copyInto(target, telling('copying', linesOf(source, { upTo })));
  console.log(`${written} events written, ${found} were there already`);
  await mustBeSame(
    { name: 'here', lines: linesOf(source, { upTo }) },
    { name: 'there', lines: linesOf(target) },
  );
  console.log(
    'Next: stop all applications, migrate once more, run reset-tables, start them with the new EVENTSTORE_URL.',
  );
}
