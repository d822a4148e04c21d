import { afterAll, expect, test } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEventStoreNode } from '#embedded/event-store-node';
import { startPostgres } from '#embedded/postgres';
import type { Store } from '#embedded/store';
import { ready, startApp, stopApps, type App } from '../support/apps.js';
import { dataFolder } from '../support/data-folder.js';
import { insistOnClock, Load } from '../support/load.js';
import { LogAndTables } from '../support/log-and-tables.js';
import { until } from '../support/projecting.js';
import { expectAcknowledged, expectRenewedOnce, expectTrueTables } from '../support/verdict.js';

const started = '2025-03-03T09:00:00.000+08:00';
const end = '2027-06-01T00:00:00.000+08:00';
const folder = dataFolder();
const stores: Store[] = [];
let system: LogAndTables | undefined;

afterAll(async () => {
  await system?.close();
  await stopApps();
  for (const store of stores) await store.stop();
  await folder.remove();
});

type Name = 'commands' | 'projections' | 'timers';
const names = ['commands', 'projections', 'timers'] as const;

test('whichever process is killed under load, everything acknowledged is there once and all come back', async () => {
  const store = (name: string) => ({ dataDir: join(folder.path, name), log: () => undefined });
  const node = await startEventStoreNode(store('event-store'));
  stores.unshift(node);
  const postgres = await startPostgres(store('postgres'));
  stores.unshift(postgres);
  const env = {
    EVENTSTORE_URL: node.url,
    DATABASE_URL: postgres.url,
    SIMULATED_FROM: started,
    REQUEST_TIMEOUT_MS: '60000',
  };
  const start = (name: Name) => startApp(name, { env });
  const [commands, projections, timers, moreTimers] = await Promise.all(
    [...names, 'timers' as const].map(start),
  );
  if (!commands || !projections || !timers || !moreTimers) throw new Error('four were started');
  const apps: Record<Name, App> = { commands, projections, timers };

  const postmaster = () =>
    Number(readFileSync(join(folder.path, 'postgres/cluster/data/postmaster.pid'), 'utf8').split('\n')[0]);
  const again = (name: Name) => async () => {
    await apps[name].kill();
    apps[name] = await start(name);
  };
  const kills: Record<string, () => unknown> = {
    timers: again('timers'),
    projections: again('projections'),
    commands: again('commands'),
    'event-store node': () => process.kill(node.pid ?? impossible(), 'SIGKILL'),
    Postgres: () => process.kill(postmaster(), 'SIGKILL'),
  };
  const between = randomInt(20, 40);
  process.stdout.write(`kills after every ${between} acknowledgements\n`);
  const load = new Load(4, '2025-03-01', () => apps.commands);
  const clock = insistOnClock(() => apps.timers, end);
  for (const [what, kill] of Object.entries(kills)) {
    const next = load.acknowledged.length + between;
    await until(
      () => load.acknowledged.length >= next,
      () => what,
    );
    await kill();
  }
  const enough = load.acknowledged.length + between;
  await until(() => load.acknowledged.length >= enough);
  await load.stop();
  await clock;
  await insistOnClock(() => apps.timers, end);
  await Promise.all([...Object.values(apps), moreTimers].map(ready));

  system = await LogAndTables.open(node.url, postgres.url, started);
  const events = await system.events();
  expect(events.filter(({ type }) => type === 'ContractRenewed').length).toBeGreaterThan(0);
  expectAcknowledged(events, load.acknowledged);
  expectRenewedOnce(events, end);
  await expectTrueTables(system);
}, 90_000);

function impossible(): never {
  throw new Error('the node has no process');
}
