import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { StoreUnavailable } from '#event-store/ask';
import { UnknownEventType } from '#event-store/decode';
import { derivedId } from '#event-store/ids';
import { ignore, reaction } from '#kernel/reaction';
import { until } from '../../test/support/projecting.js';
import type { Follower } from './effect.js';
import { reactionFollower } from './effect.js';
import { Boxes } from './fixtures/boxes.js';
import { slotEvents } from './fixtures/coins.js';

let boxes: Boxes;
beforeAll(async () => {
  boxes = await Boxes.open();
});
beforeEach(() => boxes.begin());
afterEach(() => boxes.stopReactors());
afterAll(() => boxes.close());
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** A reaction whose effects are held up by the test: `pass` lets one through, by its target. */
function gated(at: (target: string) => Promise<void>): Follower {
  const follower = reactionFollower(boxes.collecting(), boxes.engine);
  const effectsOf: Follower['effectsOf'] = (event) =>
    follower.effectsOf(event).map((effect) => ({
      ...effect,
      carryOut: async (permit) => {
        await at(effect.target);
        await effect.carryOut(permit);
      },
    }));
  return { ...follower, effectsOf };
}

test('each event is followed by its command, whose envelope says because of what', async () => {
  const id = randomUUID();
  await boxes.drop(1, id);
  await boxes.settled(boxes.react());
  const dropped = (await boxes.dropped()).at(-1);
  const [put] = await boxes.stored(`box-${id}`);
  expect(put).toMatchObject({ type: 'CoinPut', data: { coin: 1 } });
  expect(put?.meta).toMatchObject({
    actor: 'system:reaction',
    authority: 'system',
    $causationId: dropped?.eventId,
    $correlationId: dropped?.meta.$correlationId,
    commandId: derivedId('reaction', boxes.name, dropped?.eventId ?? '', `box-${id}`),
    hops: 1,
  });
});

test('a target is asked in the order of the log, and what it has been asked is asked once', async () => {
  const ids = range(0, 5).map(() => randomUUID());
  for (const coin of range(0, 40)) await boxes.drop(coin, ids[coin % 5] ?? '', ids[(coin + 1) % 5] ?? '');
  const reactor = boxes.react();
  for (const coin of range(40, 60)) await boxes.drop(coin, ids[coin % 5] ?? '');
  await boxes.settled(reactor);
  for (const [i, id] of ids.entries()) {
    const meant = range(0, 60).filter((coin) => coin % 5 === i || (coin < 40 && (coin + 1) % 5 === i));
    expect(await boxes.coins(id)).toEqual(meant);
  }
});

test('a slow target holds up nobody but itself, and nothing behind it counts as done', async () => {
  const [slow, quick] = [randomUUID(), randomUUID()];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const before = await boxes.drop(0, quick);
  for (const coin of range(1, 5)) await boxes.drop(coin, slow, quick);
  const reactor = boxes.follow(gated((target) => (target === `box-${slow}` ? gate : Promise.resolve())));
  await until(async () => (await boxes.coins(quick)).length === 5);
  expect(await boxes.coins(slow)).toEqual([]);
  expect(reactor.status().position).toBe(before);
  open();
  await boxes.settled(reactor);
  expect(await boxes.coins(slow)).toEqual([1, 2, 3, 4]);
});

test('a "no" is written down once, and is final', async () => {
  const id = randomUUID();
  await boxes.lock(id);
  await boxes.drop(1, id);
  const first = boxes.react();
  await boxes.settled(first);
  await first.stop();
  await boxes.unlock(id);
  const second = boxes.react();
  await boxes.drop(2, id);
  await boxes.settled(second);
  const refused = await boxes.journal('ReactionRefused');
  expect(refused.map(({ data }) => data)).toMatchObject([
    { target: `box-${id}`, command: 'PutCoin', code: 'box-locked' },
  ]);
  expect(await boxes.coins(id)).toEqual([2]);
});

test('a "no" to an event that others keep open is known to whoever goes on, and is not asked again', async () => {
  const [stuck, id] = [randomUUID(), randomUUID()];
  await boxes.lock(id);
  await boxes.drop(1, stuck);
  await boxes.drop(2, id);
  const down = gated((target) =>
    target === `box-${stuck}` ? Promise.reject(new StoreUnavailable('down')) : Promise.resolve(),
  );
  const first = boxes.follow(down);
  await until(async () => (await boxes.journal('ReactionRefused')).length === 1);
  await first.stop();
  await boxes.unlock(id);
  const second = boxes.react();
  await boxes.settled(second);
  expect([await boxes.coins(stuck), await boxes.coins(id)]).toEqual([[1], []]);
  expect(await boxes.journal('ReactionRefused')).toHaveLength(1);
});

test('a new reaction from now on does not react to the past, and goes on from there for ever', async () => {
  const id = randomUUID();
  await boxes.drop(1, id);
  const first = boxes.react(boxes.collecting({ from: 'now' }));
  await until(() => first.status().state === 'live');
  await boxes.drop(2, id);
  await boxes.settled(first);
  await first.stop();
  await boxes.drop(3, id);
  await boxes.settled(boxes.react(boxes.collecting({ from: 'now' })));
  expect(await boxes.coins(id)).toEqual([2, 3]);
});

test('an event of a type that this release does not know stops the reaction by name, and it passes nothing over', async () => {
  // Alone in its log: no other reaction could go on after it.
  const mine = await Boxes.open();
  mine.begin();
  const id = randomUUID();
  await mine.drop(1, id);
  const dropped = (await mine.dropped()).at(-1);
  const melted = { eventId: randomUUID(), type: 'CoinMelted', data: {}, metadata: { ...dropped?.meta } };
  await mine.engine.store.append(`slot-${randomUUID()}`, -1n, [melted]);
  await mine.drop(2, id);
  const reactor = mine.react();
  await reactor.done;
  const { failure, state, position } = reactor.status();
  expect([state, failure]).toEqual(['stopped', expect.any(UnknownEventType)]);
  expect(failure?.message).toContain('CoinMelted');
  expect(position).toBe(dropped?.position);
  expect(await mine.coins(id)).toEqual([1]);
  await mine.close();
});

test('a function that fails stops its reaction and says at which event, since nobody knows whom it would have asked', async () => {
  await boxes.drop(1, randomUUID());
  const failing = reaction({
    ...{ name: boxes.name, version: 1, from: 'start', events: [slotEvents] },
    on: {
      CoinDropped: () => {
        throw new RangeError('no such box');
      },
      SlotShut: ignore,
    },
  });
  const reactor = boxes.react(failing);
  await reactor.done;
  expect(String(reactor.status().failure)).toMatch(
    /ReactionFailed: .* cannot react to CoinDropped .* no such box/,
  );
});
