import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Boxes } from './fixtures/boxes.js';
import { straighten } from './fixtures/coins.js';
import type { Reactor } from './reactor.js';

let boxes: Boxes;
beforeAll(async () => {
  boxes = await Boxes.open();
});
beforeEach(() => boxes.begin());
afterEach(() => boxes.stopReactors());
afterAll(() => boxes.close());

const parkedOf = (reactor: Reactor) => reactor.status().parked.map(({ target, cause }) => [target, cause]);
const eventOf = async (coin: number) =>
  (await boxes.dropped()).find(({ data }) => (data as { coin?: number }).coin === coin)?.eventId ?? '';

test('a target that fails is parked with its cause and what comes for it is held; the others go on', async () => {
  const reactor = boxes.react();
  const [bad, good] = [randomUUID(), randomUUID()];
  await boxes.drop(1, bad, good);
  await boxes.drop(1_001, bad);
  await boxes.drop(2, bad, good);
  await boxes.settled(reactor);
  expect([await boxes.coins(bad), await boxes.coins(good)]).toEqual([[1], [1, 2]]);
  expect(parkedOf(reactor)).toEqual([[`box-${bad}`, 'RangeError: the coin is bent']]);
  const [parked] = await boxes.journal('ReactionParked');
  expect(parked?.data).toMatchObject({
    target: `box-${bad}`,
    command: 'PutCoin',
    at: { eventId: await eventOf(1_001) },
  });
  expect(parked?.meta.$causationId).toBe(await eventOf(1_001));
});

test('repaired, it is asked what it failed at and all that was held back, in the order of the log, also after a restart', async () => {
  const first = boxes.react();
  const id = randomUUID();
  for (const coin of [1, 1_002, 2]) await boxes.drop(coin, id);
  await boxes.settled(first);
  await first.stop();
  const second = boxes.react();
  await boxes.drop(3, id);
  await boxes.settled(second);
  expect(await boxes.coins(id)).toEqual([1]);
  straighten(1_002);
  await boxes.retry(id);
  await boxes.drop(4, id);
  await boxes.settled(second);
  expect(await boxes.coins(id)).toEqual([1, 1_002, 2, 3, 4]);
  expect(parkedOf(second)).toEqual([]);
});

test('retried in vain it stays parked, at the first of what still fails', async () => {
  const reactor = boxes.react();
  const id = randomUUID();
  for (const coin of [1_003, 1, 1_004, 2]) await boxes.drop(coin, id);
  await boxes.retry(id);
  await boxes.settled(reactor);
  expect([await boxes.coins(id), reactor.status().parked.length]).toEqual([[], 1]);
  straighten(1_003);
  await boxes.retry(id);
  await boxes.settled(reactor);
  expect(await boxes.coins(id)).toEqual([1_003, 1]);
  expect(reactor.status().parked).toMatchObject([{ at: { eventId: await eventOf(1_004) } }]);
});

test('skipped, it goes on with what was held back; a skip of something else changes nothing', async () => {
  const reactor = boxes.react();
  const id = randomUUID();
  for (const coin of [1_005, 1, 1_006, 2]) await boxes.drop(coin, id);
  await boxes.settled(reactor);
  await boxes.skip(id, await eventOf(1_006));
  await boxes.settled(reactor);
  expect([await boxes.coins(id), parkedOf(reactor).length]).toEqual([[], 1]);
  const first = await eventOf(1_005);
  await boxes.skip(id, first);
  await boxes.skip(id, first);
  await boxes.settled(reactor);
  expect([await boxes.coins(id), parkedOf(reactor).length]).toEqual([[1], 1]);
  await boxes.skip(id, await eventOf(1_006));
  await boxes.settled(reactor);
  expect([await boxes.coins(id), parkedOf(reactor)]).toEqual([[1, 2], []]);
});

test('a decision about what is not parked, or of another reaction, changes nothing', async () => {
  const reactor = boxes.react();
  const id = randomUUID();
  await boxes.drop(1_007, id);
  await boxes.settled(reactor);
  await boxes.retry(randomUUID());
  straighten(1_007);
  await boxes.retry(id, 'another');
  await boxes.settled(reactor);
  expect([await boxes.coins(id), parkedOf(reactor).length]).toEqual([[], 1]);
});

test('when very many targets fail it is not theirs: the reaction stops and says so', async () => {
  const reactor = boxes.react();
  await boxes.drop(1_008, ...Array.from({ length: 101 }, () => randomUUID()));
  await reactor.done;
  expect(String(reactor.status().failure)).toMatch(/TooManyParked: .* has 100 parked targets.*bent/);
  expect(await boxes.journal('ReactionParked')).toHaveLength(100);
});
