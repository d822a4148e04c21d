import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { openViews } from '#projection/open-views';
import { runProjections } from '#projection/runner';
import { freshDatabase } from '../../test/support/postgres.js';
import { until } from '../../test/support/projecting.js';
import type { Targets } from './fan-out.js';
import { fanOutFollower } from './fan-out-follower.js';
import { boxTable } from './fixtures/box-table.js';
import { Boxes, silent } from './fixtures/boxes.js';
import { box } from './fixtures/coins.js';
import { jobOfSlot, lastCoin } from './fixtures/last-coin.js';
import { tableTargets } from './table-targets.js';

let boxes: Boxes;
beforeAll(async () => {
  boxes = await Boxes.open();
  boxes.begin();
});
afterAll(() => boxes.close());

const run = (targets: Targets) => {
  const options = { engine: boxes.engine, targetsOf: () => targets, log: silent, pageSize: 3 };
  return boxes.follow(fanOutFollower(lastCoin(boxes, 9), options));
};
const newIds = (count: number) => Array.from({ length: count }, () => randomUUID()).sort();
const coinsOf = (ids: readonly string[]) => Promise.all(ids.map((id) => boxes.coins(id)));

test('it waits until its table has reached its cause, and an emptied database repeats nothing', async () => {
  const ids = newIds(4);
  const { url, drop } = await freshDatabase();
  const dataSource = await openViews(url, [boxTable], []);
  const { store, logId, catalogue, source } = boxes.engine;
  const found = { source, catalogue, logId, eventAt: (position: bigint) => store.eventAt(position) };
  const verify = (position: bigint, eventId: string) => store.holdsAt(position, eventId);
  const project = () =>
    runProjections({ ...found, dataSource, projections: [boxTable], verify, log: silent });
  try {
    const targets = tableTargets(dataSource, { table: boxTable, where: { coins: 1, turns: 2 } });
    const reactor = run(targets);
    for (const id of ids) {
      await boxes.ask(box, id, 'PutCoin', { coin: 1 });
      await boxes.lock(id);
      await boxes.unlock(id);
    }
    await boxes.shut();
    await until(() => (reactor.status().lagMs ?? 0) > 0);
    expect((await jobOfSlot(boxes)).types).toEqual([]);
    let runner = project();
    await until(async () => (await jobOfSlot(boxes)).types.includes('FanOutFinished'));
    expect((await jobOfSlot(boxes)).last).toMatchObject({ found: 4, done: 4 });
    await runner.stop();
    await dataSource.query('DROP SCHEMA views CASCADE');
    await reactor.stop();
    runner = project();
    const next = run(targets);
    await boxes.settled(next);
    await runner.stop();
    expect(await coinsOf(ids)).toEqual(ids.map(() => [1, 9]));
  } finally {
    await boxes.stopReactors();
    await dataSource.destroy();
    await drop();
  }
}, 60_000);
