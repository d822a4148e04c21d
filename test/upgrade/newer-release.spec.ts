import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startStores, type Stores } from '#embedded/stores';
import type { RawEvent } from '#event-store/source';
import { EventStore } from '#event-store/store';
import { ask, ready, startApp, stopApps, type App } from '../support/apps.js';
import { answered, ContractClient } from '../support/contract-client.js';
import { until } from '../support/projecting.js';

let stores: Stores;
let log: EventStore;
let app: App;

beforeAll(async () => {
  stores = await startStores({ dataDir: '', ephemeral: true, log: () => undefined });
  log = new EventStore(stores.eventStoreUrl);
  const env = { EVENTSTORE_URL: stores.eventStoreUrl, DATABASE_URL: stores.databaseUrl };
  app = await startApp('standalone', { env });
  await ready(app);
}, 60_000);
afterAll(async () => {
  await stopApps();
  await log.close();
  await stores.stop();
});

/** Appends what another release would: the stream's last event once more, with something that this one does not know. */
async function writeAsNewer(id: string, other: { type?: string; metadata?: object }): Promise<string> {
  let last: RawEvent | undefined;
  for await (const event of log.readStream(`contract-${id}`)) last = event;
  if (!last) throw new Error('there is no such contract');
  const eventId = randomUUID();
  const metadata = { ...(last.metadata as object), ...other.metadata }; // The envelope of the test's own command.
  const data = last.data as Record<string, unknown>;
  await log.append(`contract-${id}`, last.revision, [
    { eventId, type: other.type ?? last.type, data, metadata },
  ]);
  return eventId;
}

test('what a newer release has written stops the reader by name and its aggregate; the others go on', async () => {
  const client = new ContractClient(app);
  const drafted = async () => String(answered(await client.draft())['id']);
  const [versioned, unknown, own] = [await drafted(), await drafted(), await drafted()];
  const eventId = await writeAsNewer(versioned, { metadata: { schemaVersion: 99 } });
  await writeAsNewer(unknown, { type: 'ContractFrozen' });

  let health = '';
  await until(
    async () => {
      const { status, body } = await ask(app, 'GET', '/health/ready');
      health = JSON.stringify(body);
      return status === 503 && health.includes(eventId);
    },
    () => health,
  );
  expect(health).toContain(`ContractDrafted ${eventId} in contract-${versioned}`);
  expect(health).toContain('schema version 99, this release knows 1');
  const letter = { letter: 'letter:1' };
  for (const id of [versioned, unknown]) {
    const refused = await client.command(id, 'responsibility-letter', letter);
    expect(refused).toMatchObject({ status: 503, body: { type: '/problems/upgrade-pending' } });
  }
  expect(await client.command(own, 'responsibility-letter', letter)).toMatchObject({ status: 200 });
  expect(await drafted()).toBeTruthy();
  const shown = await client.show(own);
  expect(shown.status).toBe(200);
});
