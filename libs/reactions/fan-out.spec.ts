import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Engine } from '#event-store/engine';
import { derivedId } from '#event-store/ids';
import { until } from '../../test/support/projecting.js';
import type { Targets } from './fan-out.js';
import { fanOutFollower } from './fan-out-follower.js';
import { fanOutJob } from './fan-out-job.js';
import { Boxes, silent } from './fixtures/boxes.js';
import { straighten } from './fixtures/coins.js';
import { jobOfSlot, lastCoin } from './fixtures/last-coin.js';
import { mortal } from './fixtures/mortal.js';
import type { ReactorOptions } from './reactor-options.js';

let boxes: Boxes;
beforeAll(async () => {
  boxes = await Boxes.open();
});
beforeEach(() => boxes.begin());
afterEach(() => boxes.stopReactors());
afterAll(() => boxes.close());

/** A list in memory that reflects whatever it is asked to. */
const listOf = (ids: readonly string[]): Targets => ({
  reached: (position) => Promise.resolve(position),
  page: (after = '', limit) =>
    Promise.resolve(
      ids
        .toSorted()
        .filter((id) => id > after)
        .slice(0, limit),
    ),
});

const run = (
  coin: number,
  targets: Targets,
  engine: Engine = boxes.engine,
  other: Partial<ReactorOptions> = {},
) =>
  boxes.follow(
    fanOutFollower(lastCoin(boxes, coin), {
      engine,
      targetsOf: () => targets,
      log: silent,
      pageSize: 3,
      inFlightMax: 2,
    }),
    other,
    engine,
  );

const job = () => jobOfSlot(boxes);
const newIds = (count: number) => Array.from({ length: count }, () => randomUUID()).sort();
const coinsOf = (ids: readonly string[]) => Promise.all(ids.map((id) => boxes.coins(id)));

test('every target gets the command once, page by page, with an id of its own', async () => {
  const ids = newIds(7);
  await boxes.shut();
  await boxes.settled(run(9, listOf(ids)));
  expect(await coinsOf(ids)).toEqual(ids.map(() => [9]));
  const { id, shut, types, events, last } = await job();
  const advanced = ['FanOutAdvanced', 'FanOutAdvanced', 'FanOutAdvanced'];
  expect(types).toEqual(['FanOutStarted', ...advanced, 'FanOutFinished']);
  expect(events[0]?.data).toMatchObject({
    fanOut: boxes.name,
    command: 'PutCoin',
    asOf: String(shut?.position),
  });
  expect(last).toEqual({ found: 7, done: 7, refused: 0, parked: 0 });
  const [put] = await boxes.stored(`box-${ids[0]}`);
  expect(put?.meta).toMatchObject({
    commandId: derivedId('fan-out', boxes.name, shut?.eventId ?? '', `box-${ids[0]}`),
    $causationId: shut?.eventId,
  });
  expect(id).toBe(events[0]?.id);
});

test('that nobody was found is written down', async () => {
  await boxes.shut();
  await boxes.settled(run(9, listOf([])));
  const { types, last } = await job();
  expect([types, last]).toEqual([
    ['FanOutStarted', 'FanOutFinished'],
    { found: 0, done: 0, refused: 0, parked: 0 },
  ]);
});

test('who refuses and who fails is written down and holds up nobody; people have the failed asked again, or skip them', async () => {
  const ids = newIds(5);
  const [locked = '', full = ''] = ids;
  await boxes.lock(locked);
  await boxes.shut();
  const broken = new Set([full, ids[4]]);
  const failing = failingFor(broken);
  const reactor = run(9, listOf(ids), failing);
  await boxes.settled(reactor);
  const { id, events, last } = await job();
  expect(last).toEqual({ found: 5, done: 2, refused: 1, parked: 2 });
  expect(events[1]?.data).toMatchObject({
    refused: [{ id: locked, code: 'box-locked' }],
    parked: [{ id: full, cause: 'Error: the box is full' }],
  });
  await boxes.ask(fanOutJob, id, 'SkipFanOutTarget', { target: ids[4] });
  broken.clear();
  await boxes.ask(fanOutJob, id, 'RetryFanOut');
  await boxes.settled(reactor);
  expect((await job()).last).toEqual({ done: 1, refused: [], parked: [] });
  expect(await coinsOf(ids)).toEqual([[], [9], [9], [9], []]);
  const again = await boxes.ask(fanOutJob, id, 'RetryFanOut');
  expect(again.events).toEqual([]);
});

/** A process in which some boxes fail at every command, as if by a bug. */
function failingFor(ids: ReadonlySet<string | undefined>): Engine {
  const execute: Engine['executor']['execute'] = async (ask) => {
    if (ids.has(ask.id)) throw new Error('the box is full');
    return boxes.engine.executor.execute(ask);
  };
  return { ...boxes.engine, executor: Object.assign(Object.create(boxes.engine.executor), { execute }) };
}

test('when very many fail, the job itself is parked before its page is noted, and goes on when it is retried', async () => {
  const ids = newIds(104);
  await boxes.shut();
  const follower = fanOutFollower(lastCoin(boxes, 1_100), {
    ...{ engine: boxes.engine, targetsOf: () => listOf(ids), log: silent },
  });
  const reactor = boxes.follow(follower);
  await boxes.settled(reactor);
  const { id, types } = await job();
  expect(types).toEqual(['FanOutStarted']);
  expect(reactor.status().parked).toMatchObject([
    { target: `fanout-${id}`, cause: expect.stringContaining('bent') },
  ]);
  straighten(1_100);
  await boxes.retryTarget(`fanout-${id}`);
  await boxes.settled(reactor);
  expect((await job()).last).toEqual({ found: 104, done: 104, refused: 0, parked: 0 });
}, 60_000);

test.each([2, 4, 6, 8, 10, 11, 12])(
  'killed at its append %i, it is resumed from its cursor and asks nobody twice',
  async (at) => {
    const ids = newIds(7);
    await boxes.shut();
    const { engine, dead, bury } = mortal(await boxes.another(), at, at % 4 === 0);
    const first = run(9, listOf(ids), engine, { takeoverMs: 60 });
    await until(dead);
    bury();
    await first.stop();
    const asked: (string | undefined)[] = [];
    const targets: Targets = {
      ...listOf(ids),
      page: (after, limit) => (asked.push(after), listOf(ids).page(after, limit)),
    };
    const cursor = (await job()).events.filter(({ type }) => type === 'FanOutAdvanced').at(-1)?.data;
    await boxes.settled(run(9, targets, await boxes.another(), { takeoverMs: 60 }));
    expect(asked[0]).toBe((cursor as { cursor: string } | undefined)?.cursor);
    expect(await coinsOf(ids)).toEqual(ids.map(() => [9]));
    expect((await job()).last).toEqual({ found: 7, done: 7, refused: 0, parked: 0 });
  },
);
