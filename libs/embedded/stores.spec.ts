import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { processesOf } from './fixtures/processes.js';
import { removeCluster } from './postgres/cluster.js';
import { startStores } from './stores.js';

const eventStoreUrl = 'esdb://elsewhere:2113?tls=false';
const databaseUrl = 'postgres://elsewhere/fourstar';
const log = (): void => undefined;
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'stores-'));
});

afterEach(async () => {
  expect(processesOf(dataDir)).toEqual([]);
  await removeCluster(join(dataDir, 'postgres'));
  rmSync(dataDir, { recursive: true });
});

it('starts nothing, and claims no folder, when both stores are given by URL', async () => {
  const stores = await startStores({ dataDir, eventStoreUrl, databaseUrl, log });
  expect(stores).toMatchObject({ eventStoreUrl, databaseUrl });
  await stores.stop();
  expect(readdirSync(dataDir)).toEqual([]);
});

it('starts both, which answer under their URLs', async () => {
  const stores = await startStores({ dataDir, log });
  const events = EventStoreDBClient.connectionString(stores.eventStoreUrl);
  await events.appendToStream('memory', jsonEvent({ type: 'Remembered', data: {} }));
  await events.dispose();
  const database = new pg.Client(stores.databaseUrl);
  await database.connect();
  await database.end();
  await stores.stop();
});

it('refuses a second application in the same data folder, until the first has stopped', async () => {
  const options = { dataDir, eventStoreUrl, log };
  const first = await startStores(options);
  await expect(startStores(options)).rejects.toThrow(`${dataDir} is in use by process ${process.pid}`);
  await first.stop();
  await (await startStores(options)).stop();
});

it('stops the one store when the other does not come up, and gives the folder back', async () => {
  mkdirSync(join(dataDir, 'postgres'));
  symlinkSync(join(dataDir, 'nowhere'), join(dataDir, 'postgres/cluster'));
  await expect(startStores({ dataDir, log })).rejects.toThrow('is gone');
  expect(processesOf(dataDir)).toEqual([]);
  expect(readdirSync(dataDir)).not.toContain('lock.json');
});
