import { afterAll, expect, test } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { startStores } from '#embedded/stores';
import { ready, startApp, stopApps, type App } from '../support/apps.js';
import { dataFolder } from '../support/data-folder.js';
import { insistOnClock, Load } from '../support/load.js';
import { LogAndTables } from '../support/log-and-tables.js';
import { until } from '../support/projecting.js';
import { expectAcknowledged, expectRenewedOnce, expectTrueTables } from '../support/verdict.js';

const started = '2025-03-03T09:00:00.000+08:00';
const end = '2027-06-01T00:00:00.000+08:00';
const folder = dataFolder();
const env = { DATA_DIR: folder.path, SIMULATED_FROM: started };

afterAll(async () => {
  await stopApps();
  await folder.remove();
});

test('killed twice under load, the standalone application has everything that it acknowledged, once', async () => {
  const kills = [randomInt(40, 90), randomInt(150, 200)];
  process.stdout.write(`kills after ${kills.join(' and ')} acknowledgements\n`);
  let app: App = await startApp('standalone', { env });
  const load = new Load(4, '2025-03-01', () => app);
  const clock = insistOnClock(() => app, end);
  for (const after of kills) {
    await until(() => load.acknowledged.length >= after);
    await app.kill();
    app = await startApp('standalone', { env });
  }
  await until(() => load.acknowledged.length >= 250);
  await load.stop();
  await clock;
  await ready(app);
  await insistOnClock(() => app, end);
  await app.stop();

  const stores = await startStores({ dataDir: folder.path, log: () => undefined });
  const system = await LogAndTables.open(stores.eventStoreUrl, stores.databaseUrl, started);
  try {
    const events = await system.events();
    expect(events.filter(({ type }) => type === 'ContractRenewed').length).toBeGreaterThan(0);
    expectAcknowledged(events, load.acknowledged);
    expectRenewedOnce(events, end);
    await expectTrueTables(system);
  } finally {
    await system.close();
    await stores.stop();
  }
}, 60_000);
