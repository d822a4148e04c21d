import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { projections as tables } from '#contexts/tables';
import { startStores, type Stores } from '#embedded/stores';
import { ready, startApp, stopApps } from '../support/apps.js';
import { commandLine } from '../support/command-line.js';
import { dataFolder } from '../support/data-folder.js';
import { until } from '../support/projecting.js';
import { unpack } from '../support/old-installation.js';

const folder = dataFolder();
const file = join(folder.path, 'nightly.backup');
let stores: Stores;
const SIMULATED_FROM = '2025-03-03T09:00:00+08:00';
let env: { EVENTSTORE_URL: string; DATABASE_URL: string; SIMULATED_FROM: string };

/** The stores of an installation, with this release's tables. */
beforeAll(async () => {
  await unpack('spine', folder.path);
  stores = await startStores({ dataDir: folder.path, log: () => undefined });
  env = { EVENTSTORE_URL: stores.eventStoreUrl, DATABASE_URL: stores.databaseUrl, SIMULATED_FROM };
  const projections = await startApp('projections', { env });
  await ready(projections);
  // A table that the old release did not have is built beside the others, which serve meanwhile.
  await until(async () => (await sql('SELECT name FROM views.checkpoints')).rowCount === tables.length);
  await projections.stop();
}, 60_000);
afterAll(async () => {
  await stopApps();
  await stores.stop();
  await folder.remove();
});

const cli = (...args: string[]) => commandLine(args, env);

async function sql(statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client(stores.databaseUrl);
  await client.connect();
  return client.query(statement).finally(() => client.end());
}

test('a drill restores the backup, compares all tables, asks the queries, and leaves nothing behind', async () => {
  expect(await cli('backup', file)).toMatchObject({ code: 0 });
  await sql(`UPDATE views.contracts SET product = 'another'`);
  const found = await cli('drill', file);
  expect(found).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^contracts is not the same restored and live$/m),
  });
  expect(found.out).toMatch(/audit-index +(\d+) rows, live \1\n/);

  await sql('DROP SCHEMA views CASCADE');
  const drilled = await cli('drill', file);
  expect(drilled.out).toMatch(/contracts +7 rows, folded afresh 7\n/);
  expect(drilled.out).toMatch(/the queries answer .*\na page of 7 contracts\nthe backup works\n$/);
  expect(drilled.code).toBe(0);
  expect(readdirSync(folder.path).filter((name) => name.includes('partial'))).toEqual([]);
}, 120_000);

test('whoever asks about tables that were never built is told so', async () => {
  await sql('CREATE DATABASE empty');
  const never = { ...env, DATABASE_URL: new URL('/empty', stores.databaseUrl).href };
  for (const args of [['status'], ['reconcile'], ['rebuild', 'status']]) {
    expect(await commandLine(args, never)).toMatchObject({
      code: 1,
      err: 'This database has no tables yet: the projections build them from the log when they start.\n',
    });
  }
});
