import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { commandTo, ignore, reaction } from '#kernel/reaction';
import { until } from '../../test/support/projecting.js';
import { Boxes } from './fixtures/boxes.js';
import { box, boxEvents } from './fixtures/coins.js';

let boxes: Boxes;
beforeAll(async () => {
  boxes = await Boxes.open();
});
beforeEach(() => boxes.begin());
afterEach(() => boxes.stopReactors());
afterAll(() => boxes.close());
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

test('reactions that lead to each other end where their rules end it; a loop is found and parked', async () => {
  const [one, other] = [randomUUID(), randomUUID()];
  const passing = (most: number) =>
    reaction({
      ...{ name: `passing-${most}`, version: 1, from: 'now', events: [boxEvents] },
      on: {
        CoinPut: ({ id, data: { coin } }) =>
          coin >= most ? [] : [commandTo(box, id === one ? other : one, 'PutCoin', { coin: coin + 1 })],
        BoxLocked: ignore,
        BoxUnlocked: ignore,
      },
    });
  const ending = boxes.react(passing(5));
  await until(() => ending.status().state === 'live');
  await boxes.ask(box, one, 'PutCoin', { coin: 0 });
  await until(async () => (await boxes.coins(other)).includes(5));
  await boxes.settled(ending);
  expect([await boxes.coins(one), await boxes.coins(other)]).toEqual([
    [0, 2, 4],
    [1, 3, 5],
  ]);
  await ending.stop();
  const loop = boxes.react(passing(1_000));
  await until(() => loop.status().state === 'live');
  await boxes.ask(box, one, 'PutCoin', { coin: 100 });
  await until(() => loop.status().parked.length > 0);
  expect(loop.status().parked).toMatchObject([{ cause: 'Error: reactions lead to each other: 16 in a row' }]);
  expect(await boxes.coins(one)).toEqual([0, 2, 4, ...range(0, 9).map((n) => 100 + 2 * n)]);
});

test('an idle log stays as it is: what reactions write of themselves keeps none of them busy', async () => {
  const id = randomUUID();
  const reactors = [boxes.name, `${boxes.name}-too`].map((name) => boxes.react(boxes.collecting({ name })));
  await boxes.drop(1, id);
  for (const reactor of reactors) await boxes.settled(reactor);
  await until(async () => (await boxes.journal('ReactionAdvanced', `${boxes.name}-too`)).length > 0);
  await until(async () => (await boxes.journal('ReactionAdvanced')).length > 0);
  const marker = await boxes.lock(randomUUID());
  for (const reactor of reactors) await boxes.settled(reactor);
  for (const reactor of reactors) await reactor.stop();
  const after: string[] = [];
  const signal = AbortSignal.timeout(15_000);
  for await (const { events, live } of boxes.engine.source(marker.position, { signal, batchMax: 100 })) {
    after.push(...events.map(({ type }) => type));
    if (live) break;
  }
  expect(after.filter((type) => type !== 'ReactionReleased')).toEqual([]);
});

test('its progress is one event for many, however many there are', async () => {
  const ids = range(0, 3).map(() => randomUUID());
  for (const coin of range(0, 30)) await boxes.drop(coin, ...ids);
  const reactor = boxes.react(boxes.collecting(), {
    advanceMs: 60_000,
    advanceEvents: 10,
    takeoverMs: 60_000,
  });
  await boxes.settled(reactor);
  await until(async () => (await boxes.journal('ReactionAdvanced')).length > 0);
  await reactor.stop();
  const advanced = await boxes.journal('ReactionAdvanced');
  expect(advanced.length).toBeLessThanOrEqual(3);
});
