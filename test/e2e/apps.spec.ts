import { afterEach, expect, test } from '@jest/globals';
import { startStores, type Stores } from '#embedded/stores';
import { ready, startApp, stopApps, type App } from '../support/apps.js';
import { advanceClock, ContractClient } from '../support/contract-client.js';
import { LogAndTables } from '../support/log-and-tables.js';
import { expectRenewedOnce, expectTrueTables } from '../support/verdict.js';

const started = '2025-03-03T09:00:00.000+08:00';
const end = '2028-06-01T00:00:00.000+08:00';
let stores: Stores;
let system: LogAndTables | undefined;

afterEach(async () => {
  await system?.close();
  await stopApps();
  await stores.stop();
});

test('the apps as processes of their own, two that command and two with timers, renew each term once', async () => {
  stores = await startStores({ dataDir: '', ephemeral: true, log: () => undefined });
  const { eventStoreUrl, databaseUrl } = stores;
  const env = {
    EVENTSTORE_URL: eventStoreUrl,
    DATABASE_URL: databaseUrl,
    SIMULATED_FROM: started,
    REQUEST_TIMEOUT_MS: '60000',
  };
  const start = (name: string) => startApp(name, { env });
  const kinds = ['commands', 'commands', 'projections', 'timers', 'timers', 'queries'];
  const apps = await Promise.all(kinds.map(start));
  const [first, second, , timers, , queries] = apps as [App, App, App, App, App, App];
  await Promise.all(apps.map((app) => ready(app)));
  const clients = [new ContractClient(first, queries), new ContractClient(second, queries)] as const;

  const dates = ['2025-03-01', '2025-03-02', '2025-03-03', '2024-02-29'];
  const ids = await Promise.all(dates.flatMap((date) => clients.map((client) => client.effective(date))));
  const other = await clients[1].command(ids[0] ?? '', 'terminate', {
    ...{ ground: 'MUTUAL', agreement: 'agreement:1', agreedOn: '2025-03-03' },
    reason: { code: 'mutual-agreement' },
  });
  expect(other.status).toBe(200);
  await advanceClock(timers, end);

  system = await LogAndTables.open(eventStoreUrl, databaseUrl, started);
  const events = await system.events();
  expectRenewedOnce(events, end);
  expect(events.filter(({ type }) => type === 'ContractRenewed')).toHaveLength(5 * 3 + 2 * 4);
  await expectTrueTables(system);
  expect(await clients[0].show(ids[1] ?? '')).toMatchObject({ status: 200, body: { termNo: 4 } });
}, 60_000);
