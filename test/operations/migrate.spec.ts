import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { addressesFile, type Stores } from '#embedded/stores';
import { EventStore } from '#event-store/store';
import { NodeProcess } from '../conform/node-process.js';
import { ask, ready, startApp, stopApps, type App, type Reply } from '../support/apps.js';
import { commandLine, type Ran } from '../support/command-line.js';
import { advanceClock, answered, ContractClient, keyed } from '../support/contract-client.js';
import { dataFolder } from '../support/data-folder.js';
import { LogAndTables } from '../support/log-and-tables.js';
import { until } from '../support/projecting.js';
import { expectRenewedOnce, expectTrueTables } from '../support/verdict.js';

const started = '2025-03-03T09:00:00.000+08:00';
const folder = dataFolder();
const here = { DATA_DIR: folder.path, SIMULATED_FROM: started };
let other: NodeProcess;
let there: typeof here & { readonly EVENTSTORE_URL: string };
let app: App;

beforeAll(async () => {
  other = await NodeProcess.start();
  there = { ...here, EVENTSTORE_URL: other.url };
  // Servers write for themselves, each something else: positions differ, and the target counts as empty all the same.
  const store = new EventStore(other.url);
  await store.append('$elsewhere', -1n, [{ eventId: randomUUID(), type: '$noted', data: {}, metadata: {} }]);
  await store.close();
});
afterAll(async () => {
  await stopApps();
  await other.remove();
  await folder.remove();
});

const cli = (env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran> =>
  commandLine(args, env);
const asked: { path: string; body: unknown; key: string; reply: Reply['body'] }[] = [];

/** Puts a command under a key of its own and keeps what was answered. */
async function command(path: string, body: unknown): Promise<Reply['body']> {
  const key = `key-${asked.length}`;
  const reply = answered(await ask(app, 'POST', path, body, keyed(key)));
  asked.push({ path, body, key, reply });
  return reply;
}

async function effective(): Promise<string> {
  const id = String(answered(await new ContractClient(app).draft('the-contract'))['id']);
  for (const [route, body] of ContractClient.execution('2025-03-03'))
    await command(`/v1/contracts/${id}/${route}`, body);
  return id;
}

/** The first answer but for the position, which is the server's own. */
function expectFirstAnswer(again: Reply['body'], first: Reply['body']): void {
  expect(again).toEqual({ ...first, position: expect.any(String), repeated: true });
}

test('the log moves to another server beside the running application, and all goes on there', async () => {
  app = await startApp('standalone', { env: here });
  await ready(app);
  const id = await effective();
  expect(await cli(here, 'migrate', '--to', other.url)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/ 0 were there already[^]*the same events in the same order/),
  });
  const kept = await cli(here, 'reset-tables', '--yes');
  expect(kept).toMatchObject({ code: 1, err: expect.stringContaining('projections are running') });
  const late = answered(await new ContractClient(app).draft('late'));
  await app.stop();

  const rest = await cli(here, 'migrate', '--to', other.url);
  expect(rest).toMatchObject({ code: 0, out: expect.stringMatching(/^1 events written/) });
  app = await startApp('standalone', { env: there });
  await until(async () =>
    JSON.stringify((await ask(app, 'GET', '/health/ready')).body).includes('rebuild: event'),
  );
  await app.stop();
  expect(await cli(there, 'reset-tables', '--yes')).toMatchObject({ code: 0 });

  app = await startApp('standalone', { env: there });
  await ready(app);
  for (const { path, body, key, reply } of asked) {
    expectFirstAnswer(answered(await ask(app, 'POST', path, body, keyed(key))), reply);
  }
  expectFirstAnswer(answered(await new ContractClient(app).draft('late')), late);
  expect(await new ContractClient(app).show(id)).toMatchObject({
    body: { termNo: 1, status: { code: 'effective' } },
  });
  const end = '2027-06-01T00:00:00.000+08:00';
  await advanceClock(app, end);
  const { databaseUrl } = JSON.parse(readFileSync(addressesFile(folder.path), 'utf8')) as Stores;
  const system = await LogAndTables.open(other.url, databaseUrl, started);
  try {
    const events = await system.events();
    expectRenewedOnce(events, end);
    expect(events.filter(({ type }) => type === 'ContractRenewed')).toHaveLength(2);
    await expectTrueTables(system);
  } finally {
    await system.close();
  }
}, 120_000);
