import type { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { migrations, projections } from '#contexts/tables';
import { startStores } from '#embedded/stores';
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
import { buildTables, digestTables, type Buildable, type Digests } from './drill-tables.js';

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
    await timed('the tables are built', () => buildTables(tables, restoredLog(log, manifest), upTo));
    const restored = await digestTables(tables, manifest.head.eventId);
    await timed('the tables are compared', async () => {
      const live = await liveDigests(manifest);
      sameDigests(
        restored,
        live ?? (await foldedDigests(file, manifest, databaseUrl, opened)),
        live ? 'live' : 'folded afresh',
      );
    });
    const shown = await timed('the queries answer', () => askQueries(databaseUrl));
    console.log(`a page of ${shown} contracts\nthe backup works`);
  } finally {
    await opened.close();
  }
}

const restoredLog = (log: EventStore, { logId }: Manifest): Buildable => ({
  source: followLog(log),
  eventAt: (position) => log.eventAt(position),
  logId,
});

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  console.log(`${what} (${((performance.now() - began) / 1_000).toFixed(1)} s)`);
  return result;
}

const openTables = (databaseUrl: string, opened: Opened): Promise<DataSource> =>
  opened.keep(openViews(databaseUrl, projections, migrations), (dataSource) => dataSource.destroy());

/** The installation's own tables, when there is one whose tables stand where the backup ends. */
async function liveDigests({ head }: Manifest): Promise<Digests | undefined> {
  if (!hasInstallation()) return undefined;
  return atStores(async ({ databaseUrl }, opened) => {
    const sums = await digestTables(await openTables(databaseUrl, opened), head.eventId);
    return [...sums.values()].includes(undefined) ? undefined : sums;
  });
}

/** The tables that follow from the file with no event store between, in a second database beside the restored one. */
async function foldedDigests(
  file: string,
  { logId, head }: Manifest,
  databaseUrl: string,
  opened: Opened,
): Promise<Digests> {
  const beside = new URL('/folded', databaseUrl);
  const restored = await openTables(databaseUrl, opened);
  await restored.query('CREATE DATABASE folded');
  const tables = await openTables(beside.href, opened);
  await buildTables(tables, fromFile(file, logId), head.position);
  return digestTables(tables, head.eventId);
}

/** A backup as a log that nothing is added to. */
const fromFile = (file: string, logId: string): Buildable => ({
  logId,
  async *source(_, { signal, batchMax }) {
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
  },
  async eventAt(position) {
    for await (const { event } of readBackup(file)) if (event.position === position) return event;
    return undefined;
  },
});

function sameDigests(restored: Digests, others: Digests, name: string): void {
  for (const [table, built] of restored) {
    const other = others.get(table);
    console.log(`  ${table.padEnd(20)} ${built?.rows ?? 'no'} rows, ${name} ${other?.rows ?? 'none'}`);
    if (!built || built.digest !== other?.digest)
      throw new Error(`${table} is not the same restored and ${name}`);
  }
}
