import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Store } from '#embedded/store';
import { freshEventStore } from '../../test/support/event-store.js';
import type { RawEvent } from './source.js';
import { EventStore, type NewEvent } from './store.js';
import { followLog } from './subscription.js';

let node: Store;
let store: EventStore;
beforeAll(async () => {
  node = await freshEventStore();
  store = new EventStore(node.url, { answerMs: 1_000, persistMs: 20_000 });
});
afterAll(async () => {
  await store.close();
  await node.stop();
});

const event = (n: number): NewEvent => ({
  eventId: randomUUID(),
  type: 'Counted',
  data: { n },
  metadata: {},
});
const numberOf = ({ data }: RawEvent) => (data as { n: number }).n;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Appends events numbered `from` to below `to` to a stream of their own; answers the last one's position. */
const write = (stream: string, from: number, to: number) =>
  store.append(stream, BigInt(from) - 1n, range(from, to).map(event));

/** Follows the log after `from` until `enough` says so, and lets `each` see every batch first. */
async function follow(
  from: bigint | undefined,
  enough: (taken: readonly RawEvent[]) => boolean,
  batchMax = 1_000,
): Promise<{ taken: RawEvent[]; sizes: number[]; position: bigint | undefined }> {
  const taken: RawEvent[] = [];
  const sizes: number[] = [];
  const stopping = new AbortController();
  let position = from;
  for await (const batch of followLog(store)(from, { signal: stopping.signal, batchMax })) {
    taken.push(...batch.events);
    sizes.push(batch.events.length);
    const last = batch.events.at(-1)?.position ?? 0n;
    expect(batch.position).toBeGreaterThanOrEqual(last);
    position = batch.position;
    if (enough(taken)) stopping.abort();
  }
  return { taken, sizes, position };
}

test('it gives the application’s events in order, none of the system’s, and goes on live', async () => {
  const stream = `count-${randomUUID()}`;
  const before = await write(`count-${randomUUID()}`, 0, 1);
  await write(stream, 0, 100);
  const following = follow(before, (taken) => taken.length >= 150);
  await write(stream, 100, 150);
  const { taken } = await following;
  expect(taken.map(numberOf)).toEqual(range(0, 150));
  expect(taken.every(({ stream: name }) => !name.startsWith('$'))).toBe(true);
});

test('it begins after the position that it is given', async () => {
  const stream = `count-${randomUUID()}`;
  const after = await write(stream, 0, 3);
  await write(stream, 3, 5);
  const { taken } = await follow(after, (all) => all.length >= 2);
  expect(taken.map(numberOf)).toEqual([3, 4]);
});

test('a reader that is behind gets full batches, and never more waiting than it asked for', async () => {
  const stream = `count-${randomUUID()}`;
  const before = await write(stream, 0, 1);
  for (let n = 1; n < 2_001; n += 500) await write(stream, n, n + 500);
  const { taken, sizes } = await follow(before, (all) => all.length >= 2_000, 64);
  expect(taken.map(numberOf)).toEqual(range(1, 2_001));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64);
});

test('the position that comes with a batch lies behind everything in it: resuming there misses nothing', async () => {
  const stream = `count-${randomUUID()}`;
  let position: bigint | undefined = await write(stream, 0, 1);
  await write(stream, 1, 401);
  const all: number[] = [];
  while (all.length < 400) {
    const part = await follow(position, (taken) => taken.length > 0, 40);
    all.push(...part.taken.map(numberOf));
    position = part.position;
  }
  expect(all).toEqual(range(1, 401));
});

test('a server that dies ends the source with an error; resumed from where it was, nothing is missed or doubled', async () => {
  const stream = `count-${randomUUID()}`;
  let position: bigint | undefined = await write(stream, 0, 1);
  const all: number[] = [];
  let failures = 0;
  const writing = (async () => {
    for (let n = 1; n < 301; n += 10) {
      await write(stream, n, n + 10);
      if (n === 101) process.kill(node.pid ?? 0, 'SIGKILL');
    }
  })();
  while (all.length < 300) {
    try {
      for await (const batch of followLog(store)(position, {
        signal: AbortSignal.timeout(20_000),
        batchMax: 16,
      })) {
        all.push(...batch.events.map(numberOf));
        position = batch.position;
        if (all.length >= 300) break;
      }
    } catch {
      failures++;
    }
  }
  await writing;
  expect(all).toEqual(range(1, 301));
  expect(failures).toBeGreaterThan(0);
});

test('silence is no excuse: a subscription that says nothing while the log goes on is given up', async () => {
  const stream = `count-${randomUUID()}`;
  const before = await write(stream, 0, 1);
  // Subscribes to a stream that never gets an event: confirmed, alive and silent.
  const subscribeToAll = () => store.client.subscribeToStream(`nothing-${stream}`);
  const client = Object.assign(Object.create(store.client), { subscribeToAll });
  const deaf: EventStore = Object.assign(Object.create(store), { client });
  await write(stream, 1, 2);
  const source = followLog(deaf, 50)(before, { signal: AbortSignal.timeout(10_000), batchMax: 10 });
  const all = (async () => {
    for await (const batch of source) expect(batch.events.length).toBeGreaterThanOrEqual(0);
  })();
  await expect(all).rejects.toThrow('silent');
});
