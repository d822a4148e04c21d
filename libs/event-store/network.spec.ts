import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Store } from '#embedded/store';
import { freshEventStore } from '../../test/support/event-store.js';
import { until } from '../../test/support/projecting.js';
import { Proxy } from '../../test/chaos/proxy.js';
import { StoreUnavailable } from './ask.js';
import { EventStore, type NewEvent } from './store.js';
import { followLog } from './subscription.js';

/** What the official client makes of a network that fails: eventstoredb.md, client behaviours 2, 4 and 5. */
let node: Store;
let direct: EventStore;
let proxy: Proxy;
let store: EventStore;

beforeAll(async () => {
  node = await freshEventStore();
  direct = new EventStore(node.url);
});
afterAll(async () => {
  await direct.close();
  await node.stop();
});
beforeEach(async () => {
  const port = Number(/:(\d+)\?/.exec(node.url)?.[1]);
  proxy = await Proxy.open(port);
  // The client finds such intervals too short for production, and says so.
  const told = jest.spyOn(console, 'warn').mockReturnValue();
  const url = `esdb://127.0.0.1:${proxy.port}?tls=false&keepAliveInterval=300&keepAliveTimeout=300`;
  store = new EventStore(url, { answerMs: 300, persistMs: 20_000 });
  told.mockRestore();
});
afterEach(async () => {
  await store.close();
  await proxy.close();
});

const event = (n: number): NewEvent => ({
  eventId: randomUUID(),
  type: 'Counted',
  data: { n },
  metadata: {},
});
const range = (to: number) => Array.from({ length: to }, (_, i) => i);

async function stored(stream: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { data } of direct.readStream(stream)) found.push((data as { n: number }).n);
  return found;
}

test('a server that is silent does not hang an append or a read: both are told that it does not answer', async () => {
  const stream = `silent-${randomUUID()}`;
  const brief = new EventStore(`esdb://127.0.0.1:${proxy.port}?tls=false`, { answerMs: 100, persistMs: 300 });
  try {
    await brief.append(stream, -1n, [event(0)]);
    expect(brief.appends.trouble).toBeUndefined();
    proxy.fallSilent();
    await expect(brief.append(stream, 0n, [event(1)])).rejects.toThrow(StoreUnavailable);
    expect(brief.appends.trouble).toMatch(/^no append has been answered for \d+ s: /);
    await expect(brief.head()).rejects.toThrow(StoreUnavailable);
  } finally {
    await brief.close();
  }
  expect(await stored(stream)).toEqual([0]);
});

test('a connection that stays silent for ever is given up for another, through which the append goes once', async () => {
  const stream = `forgotten-${randomUUID()}`;
  await store.append(stream, -1n, [event(0)]);
  proxy.fallSilent();
  const appending = store.append(stream, 0n, [event(1)]);
  await until(() => proxy.hasLost);
  proxy.mend();
  await appending;
  expect(await stored(stream)).toEqual([0, 1]);
});

test('an append that was stored and whose answer was cut off is sent again, and stands once', async () => {
  const stream = `cut-${randomUUID()}`;
  await store.append(stream, -1n, [event(0)]);
  proxy.cutAnswersAfter(1);
  const appending = store.append(stream, 0n, [event(1)]);
  await until(async () => (await stored(stream)).length === 2);
  proxy.mend();
  const position = await appending;
  expect(await stored(stream)).toEqual([0, 1]);
  expect((await direct.eventAt(position))?.data).toEqual({ n: 1 });
});

test('all appends in flight are rejected together with their connection: each is sent again, and stands once', async () => {
  const streams = range(64).map((n) => `bank-${n}-${randomUUID()}`);
  await store.append(`bank-${randomUUID()}`, -1n, [event(0)]);
  const appending = Promise.all(streams.map((stream, n) => store.append(stream, -1n, [event(n)])));
  await until(async () => (await stored(streams[0] ?? '')).length > 0);
  proxy.reset();
  await appending;
  expect(await Promise.all(streams.map(stored))).toEqual(range(64).map((n) => [n]));
});

test.each([
  ['is cut off', () => proxy.reset()],
  ['ends in the middle of an event', () => proxy.cutAnswersAfter(2_500)],
  ['falls silent', () => proxy.fallSilent()],
])(
  'a subscription whose connection %s is a throw: resumed from there, nothing is missed or doubled',
  async (_, fail) => {
    const stream = `followed-${randomUUID()}`;
    let position: bigint | undefined = await direct.append(stream, -1n, [event(-1)]);
    const numbers: unknown[] = [];
    let failures = 0;
    await direct.append(stream, 0n, range(50).map(event));
    while (numbers.length < 100) {
      const signal = AbortSignal.timeout(20_000);
      try {
        for await (const batch of followLog(store, 200)(position, { signal, batchMax: 10 })) {
          numbers.push(...batch.events.map(({ data }) => (data as { n: number }).n));
          position = batch.position;
          if (failures === 0 && numbers.length >= 20) fail();
          if (numbers.length >= 100) break;
        }
      } catch {
        if (failures++ === 0)
          await direct.append(
            stream,
            50n,
            range(50).map((n) => event(n + 50)),
          );
        proxy.mend();
      }
    }
    expect(numbers).toEqual(range(100));
    expect(failures).toBeGreaterThan(0);
  },
);
