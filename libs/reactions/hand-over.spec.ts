import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { Engine } from '#event-store/engine';
import { Executor } from '#event-store/execute';
import { until } from '../../test/support/projecting.js';
import { Boxes } from './fixtures/boxes.js';
import { mortal } from './fixtures/mortal.js';
import type { Reactor } from './reactor.js';

let boxes: Boxes;
beforeAll(async () => {
  boxes = await Boxes.open();
});
beforeEach(() => boxes.begin());
afterEach(() => boxes.stopReactors());
afterAll(() => boxes.close());

/** Told from the log alone, one coin after the other: what each box holds, and how often it said no. */
async function expected(ids: readonly string[], locked: readonly string[]) {
  const drops = (await boxes.dropped()).map(({ data }) => data as { coin: number; boxes: string[] });
  const meantFor = (id: string) => drops.filter((drop) => drop.boxes.includes(id)).map(({ coin }) => coin);
  return {
    coins: ids.map((id) => (locked.includes(id) ? [] : meantFor(id))),
    refusals: locked.flatMap(meantFor).length,
  };
}

async function found(ids: readonly string[]) {
  const refused = await boxes.journal('ReactionRefused');
  const commandIds = refused.map(({ data }) => (data as { commandId: string }).commandId);
  expect(new Set(commandIds).size).toBe(commandIds.length);
  return { coins: await Promise.all(ids.map((id) => boxes.coins(id))), refusals: commandIds.length };
}

test('whoever dies at whatever moment, everything happens once and in order', async () => {
  const deaths = fc.array(fc.record({ at: fc.integer({ min: 1, max: 14 }), written: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  });
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  const once = async (dying: readonly { at: number; written: boolean }[]) => {
    boxes.begin();
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    const [first = '', second = '', third = ''] = ids;
    await boxes.lock(third);
    for (const coin of [1, 2, 3]) await boxes.drop(coin, first, second, third);
    const reaction = boxes.collecting();
    for (const { at, written } of dying) {
      const { engine, dead, bury } = mortal(await boxes.another(), at, written);
      const reactor = boxes.react(reaction, { takeoverMs: 60 }, engine);
      await until(() => dead() || reactor.status().state === 'live');
      bury();
      await reactor.stop();
    }
    const last = boxes.react(reaction, { takeoverMs: 60 }, await boxes.another());
    await boxes.drop(4, first, third);
    await boxes.settled(last);
    expect(await found(ids)).toEqual(await expected(ids, [third]));
    await boxes.stopReactors();
  };
  await fc.assert(fc.asyncProperty(deaths, once), { seed, numRuns: 8 });
}, 60_000);

test('one works and another stands by; it takes over at once when the first one ends', async () => {
  const id = randomUUID();
  const first = boxes.react(boxes.collecting());
  await boxes.drop(1, id);
  await until(() => first.status().state === 'live');
  const second = boxes.react(boxes.collecting(), { takeoverMs: 3_600_000 }, await boxes.another());
  await until(() => second.status().state === 'standing-by');
  await boxes.drop(2, id);
  await boxes.settled(first);
  expect(second.status().state).toBe('standing-by');
  await first.stop();
  await until(() => second.status().state === 'live');
  await boxes.drop(3, id);
  await boxes.settled(second);
  expect(await boxes.coins(id)).toEqual([1, 2, 3]);
});

test('an owner that is silent with work to do is replaced, and when it wakes up it stands by', async () => {
  const id = randomUUID();
  let wake: () => void = () => undefined;
  const awake = new Promise<void>((resolve) => (wake = resolve));
  const sleeping = await boxes.another();
  let asleep = false;
  const append: Engine['store']['append'] = async (...asked) => {
    if (asleep) await awake;
    return sleeping.store.append(...asked);
  };
  const store: Engine['store'] = Object.assign(Object.create(sleeping.store), { append });
  const executor = new Executor(store, sleeping.clock, sleeping.catalogue);
  const first = boxes.react(boxes.collecting(), {}, { ...sleeping, store, executor });
  await until(() => first.status().state === 'live');
  const second = boxes.react(boxes.collecting(), {}, await boxes.another());
  await until(() => second.status().state === 'standing-by');
  asleep = true;
  await boxes.drop(1, id);
  await until(() => second.status().state === 'live');
  await boxes.settled(second);
  wake();
  await until(() => first.status().state === 'standing-by');
  await boxes.drop(2, id);
  await boxes.settled(second);
  expect(await boxes.coins(id)).toEqual([1, 2]);
});

test('an older release leaves the work to the newer one, also when that one has ended', async () => {
  const id = randomUUID();
  const newer = boxes.react(boxes.collecting({ version: 2 }));
  await until(() => newer.status().state === 'live');
  await newer.stop();
  const older = boxes.react(boxes.collecting(), {}, await boxes.another());
  await until(() => older.status().state === 'standing-by');
  await boxes.drop(1, id);
  const again = boxes.react(boxes.collecting({ version: 2 }));
  await boxes.settled(again);
  expect(older.status().state).toBe('standing-by');
  expect(await boxes.coins(id)).toEqual([1]);
  const owners = (await boxes.journal('ReactionTakenOver')).map(
    ({ data }: { data: unknown }) => (data as { version: number }).version,
  );
  expect(owners).toEqual([2, 2]);
});

test('how it stands is read from the end of its stream back to where all of it is said, and no further', async () => {
  const reactor: Reactor = boxes.react(boxes.collecting(), { advanceEvents: 1 });
  const id = randomUUID();
  for (let coin = 0; coin < 12; coin++) await boxes.drop(coin, id);
  await boxes.settled(reactor);
  await reactor.stop();
  const engine = await boxes.another();
  let read = 0;
  async function* readStreamBackwards(stream: string) {
    for await (const event of engine.store.readStreamBackwards(stream)) {
      read++;
      yield event;
    }
  }
  const store: Engine['store'] = Object.assign(Object.create(engine.store), { readStreamBackwards });
  await boxes.settled(boxes.react(boxes.collecting(), {}, { ...engine, store }));
  expect((await boxes.stored(`reaction-${boxes.name}`)).length).toBeGreaterThan(4);
  expect(read).toBe(1);
});
