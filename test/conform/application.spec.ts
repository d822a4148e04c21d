import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startEventStoreNode } from '#embedded/event-store-node';
import type { Store } from '#embedded/store';
import { EventStore, type NewEvent } from '#event-store/store';
import { followLog } from '#event-store/subscription';
import { collect, freshStream } from './support.js';

/** The application's own way to its log, over TLS with credentials. */
const dataDir = mkdtempSync(join(tmpdir(), 'secure-node-'));
const start = (): Promise<Store> => startEventStoreNode({ dataDir, secure: true, log: () => undefined });
let node: Store;
let store: EventStore;

beforeAll(async () => {
  node = await start();
  store = new EventStore(node.url);
});
afterAll(async () => {
  await store.close();
  await node.stop();
  rmSync(dataDir, { recursive: true });
});

const event = (n: number): NewEvent => ({
  eventId: randomUUID(),
  type: 'Counted',
  data: { n },
  metadata: {},
});

it('keeps what opens the node for its owner alone', () => {
  const folder = join(dataDir, 'security');
  const permissions = (path: string): number => statSync(path).mode & 0o777;
  expect(permissions(folder)).toBe(0o700);
  const files = ['admin.password', 'ca.pem', 'ops.password', 'server-key.pem', 'server.pem'];
  expect(readdirSync(folder).sort()).toEqual(files);
  for (const file of files) expect(permissions(join(folder, file))).toBe(0o600);
});

it('appends, also many at once, reads, and is told of everything', async () => {
  const streams = Array.from({ length: 50 }, () => freshStream('secure'));
  const positions = await Promise.all(
    streams.map((stream, n) => store.append(stream, -1n, [event(n), event(n)])),
  );
  const [first] = positions.sort((a, b) => Number(a - b));
  const stored = await Promise.all(streams.map((stream) => collect(store.readStream(stream))));
  expect(stored.flat()).toHaveLength(100);
  const stop = new AbortController();
  const told = new Set<bigint>();
  for await (const { events } of followLog(store)(first, { signal: stop.signal, batchMax: 1000 })) {
    for (const { position } of events) told.add(position);
    if (told.size === 98) stop.abort();
  }
  expect(positions.slice(1).filter((position) => !told.has(position))).toEqual([]);
});

it('goes on under the same URL when the node is started again, after a kill and after a stop', async () => {
  const stream = freshStream('restarted');
  await store.append(stream, -1n, [event(0)]);
  const restarted = new Promise<void>((resolve) => node.onRestart(resolve));
  process.kill(node.pid ?? 0, 'SIGKILL');
  await restarted;
  await store.append(stream, 0n, [event(1)]);
  await store.close();
  await node.stop();
  node = await start();
  store = new EventStore(node.url);
  expect((await collect(store.readStream(stream))).map(({ data }) => data)).toEqual([{ n: 0 }, { n: 1 }]);
});
