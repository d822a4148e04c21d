import type { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { migrations, projections } from '#contexts/tables';
import { startStores } from '#embedded/stores';
import type { LogSource } from '#event-store/source';
import { EventStore } from '#event-store/store';
import { followLog } from '#event-store/subscription';
import { checkBackup, readBackup } from '#event-store/transfer/backup-file';
import { copyInto } from '#event-store/transfer/copy';
import type { Manifest } from '#event-store/transfer/manifest';
import { linesOf } from '#event-store/transfer/server-log';
import { openViews } from '#projection/open-views';
import { Opened } from '#web/opened';
import { atStores, hasInstallation } from './connection.js';
import { inWords, mustBeSame, telling } from './copying.js';
import { askQueries } from './drill-query.js';
import { buildTables, sumTables, type Sums } from './drill-tables.js';

/** `drill`: proves that a backup can be worked with again. */
export function addDrill(program: Command): void {
  program
    .command('drill <file>')
    .description(
      'Restores a backup into throw-away stores, builds and compares all tables, and asks the queries',
    )
    .action(drill);
}

async function drill(file: string): Promise<void> {
  const opened = new Opened();
  try {
    const manifest = await timed('the backup is whole', () => checkBackup(file));
    console.log(inWords(manifest));
    const starting = startStores({ dataDir: '', ephemeral: true, log: () => undefined });
    const { eventStoreUrl, databaseUrl } = await opened.keep(starting, (stores) => stores.stop());
    const log = await opened.keep(Promise.resolve(new EventStore(eventStoreUrl)), (log) => log.close());
    await timed('the log is restored', () => copyInto(log, telling('restoring', readBackup(file))));
    await timed('the log is compared', () =>
      mustBeSame({ name: file, lines: readBackup(file) }, { name: 'restored', lines: linesOf(log) }),
    );
    const upTo = (await log.head()) ?? 0n;
    const tables = await openTables(databaseUrl, opened);
    await timed('the tables are built', () => buildTables(tables, followLog(log), manifest.logId, upTo));
    const restored = await sumTables(tables, manifest.head.eventId);
    await timed('the tables are compared', async () => {
      const live = await liveSums(manifest);
      sameSums(
        restored,
        live ?? (await foldedSums(file, manifest, databaseUrl, opened)),
        live ? 'live' : 'folded afresh',
      );
    });
    const shown = await timed('the queries answer', () => askQueries(databaseUrl));
    console.log(`a page of ${shown} contracts\nthe backup works`);
  } finally {
    await opened.close();
  }
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  console.log(`${what} (${((performance.now() - began) / 1_000).toFixed(1)} s)`);
  return result;
}

const openTables = (databaseUrl: string, opened: Opened): Promise<DataSource> =>
  opened.keep(openViews(databaseUrl, projections, migrations), (dataSource) => dataSource.destroy());

/** The installation's own tables, when there is one whose tables stand where the backup ends. */
async function liveSums({ head }: Manifest): Promise<Sums | undefined> {
  if (!hasInstallation()) return undefined;
  return atStores(async ({ databaseUrl }, opened) => {
    const sums = await sumTables(await openTables(databaseUrl, opened), head.eventId);
    return [...sums.values()].includes(undefined) ? undefined : sums;
  });
}

/** The tables that follow from the file with no event store between, in a second database beside the restored one. */
async function foldedSums(
  file: string,
  { logId, head }: Manifest,
  databaseUrl: string,
  opened: Opened,
): Promise<Sums> {
  const beside = new URL('/folded', databaseUrl);
  const restored = await openTables(databaseUrl, opened);
  await restored.query('CREATE DATABASE folded');
  const tables = await openTables(beside.href, opened);
  await buildTables(tables, fromFile(file), logId, head.position);
  return sumTables(tables, head.eventId);
}

/** A backup as a log that nothing is added to. */
function fromFile(file: string): LogSource {
  return async function* (_, { signal, batchMax }) {
    let events = [];
    let position = 0n;
    for await (const { event } of readBackup(file)) {
      position = event.position;
      if (events.push(event) < batchMax) continue;
      yield { events, position, live: false };
      events = [];
    }
    yield { events, position, live: true };
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  };
}

function sameSums(restored: Sums, others: Sums, name: string): void {
  for (const [table, { rows, sum } = { rows: 0, sum: 'not built' }] of restored) {
    const other = others.get(table);
    console.log(`  ${table.padEnd(20)} ${rows} rows, ${name} ${other?.rows ?? 'none'}`);
    if (sum !== other?.sum) throw new Error(`${table} is not the same restored and ${name}`);
  }
}
