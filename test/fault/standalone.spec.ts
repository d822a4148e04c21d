import { afterAll, test } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { startStores } from '#embedded/stores';
import { ready, startApp, stopApps, type App } from '../support/apps.js';
import { dataFolder } from '../support/data-folder.js';
import { insistOnClock, Load } from '../support/load.js';
import { LogAndTables } from '../support/log-and-tables.js';
import { Random } from '../support/random.js';
import { expectNothingLost } from '../support/verdict.js';

const started = '2025-03-03T01:00:00.000Z';
const end = '2026-05-31T16:00:00.000Z';
const folder = dataFolder();
const env = { DATA_DIR: folder.path, SIMULATED_FROM: started };

afterAll(async () => {
  await stopApps();
  await folder.remove();
});

test('killed twice under load, the standalone application has everything that it acknowledged, once', async () => {
  const seed = randomInt(1_000_000);
  process.stdout.write(`seed ${seed}\n`);
  const random = new Random(seed);
  let app: App = await startApp('standalone', { env });
  const target = () => app;
  const load = new Load({ clients: 4, random, target, clockAt: started });
  const clock = load.moveClock(target, end);
  for (const answers of [random.whole(20, 45), random.whole(30, 55)]) {
    await load.goesOn(answers);
    await app.kill();
    app = await startApp('standalone', { env });
  }
  await load.goesOn(30);
  await clock;
  await load.stop();
  await ready(app);
  await insistOnClock(target, end);
  await app.stop();

  const stores = await startStores({ dataDir: folder.path, log: () => undefined });
  const system = await LogAndTables.open(stores.eventStoreUrl, stores.databaseUrl, started);
  try {
    await expectNothingLost(system, load.journal, end);
  } finally {
    await system.close();
    await stores.stop();
  }
}, 90_000);
