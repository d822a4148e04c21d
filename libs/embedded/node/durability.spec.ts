import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent, type EventData } from '@eventstore/db-client';
import { NodeProcess, temporaryDir } from '../../../test/conform/node-process.js';
import { collect, failureOf, freshStream, numbered } from '../../../test/conform/support.js';

const dirs: string[] = [];
afterAll(() => dirs.forEach((dir) => rmSync(dir, { recursive: true, force: true })));

function newDir(): string {
  const dir = temporaryDir();
  dirs.push(dir);
  return dir;
}

/** Runs a task with a node and a client of its own, and ends both. */
async function withNode<T>(node: NodeProcess, task: (client: EventStoreDBClient) => Promise<T>): Promise<T> {
  const client = EventStoreDBClient.connectionString(node.url);
  try {
    return await task(client);
  } finally {
    await client.dispose();
    await node.end('SIGKILL');
  }
}

/** The ids in a stream, after checking that its revisions have no gap. */
async function idsIn(client: EventStoreDBClient, stream: string): Promise<string[]> {
  const events = await collect(client.readStream(stream));
  events.forEach(({ event }, i) => expect(event?.revision).toBe(BigInt(i)));
  return events.map(({ event }) => event?.id ?? '');
}

describe('kill -9 under concurrent appends', () => {
  const ACKNOWLEDGED_BEFORE_KILL = 1000;
  const CALLERS = 32;

  it('loses nothing that was acknowledged, in two rounds', async () => {
    const dataDir = newDir();
    const streams = Array.from({ length: CALLERS / 2 }, () => freshStream('kill'));
    const acknowledged: string[] = [];
    for (let round = 1; round <= 2; round++) {
      const node = await NodeProcess.start(dataDir);
      // The client may leave an append unanswered for ever whose call breaks while it is being sent.
      const killed = once(node.child, 'exit').then(() => Promise.reject(new Error('killed')));
      killed.catch(() => undefined);
      const appendUntilKilled = async (client: EventStoreDBClient, caller: number): Promise<never> => {
        for (;;) {
          const event = numbered(caller);
          // Two callers share a stream.
          await Promise.race([killed, client.appendToStream(streams[caller % streams.length] ?? '', event)]);
          acknowledged.push(event.id);
          if (acknowledged.length === round * ACKNOWLEDGED_BEFORE_KILL) void node.end('SIGKILL');
        }
      };
      await withNode(node, (client) =>
        Promise.all(
          Array.from({ length: CALLERS }, (_, caller) => failureOf(appendUntilKilled(client, caller))),
        ),
      );
    }
    await withNode(await NodeProcess.start(dataDir), async (client) => {
      const stored = (await Promise.all(streams.map((stream) => idsIn(client, stream)))).flat();
      expect(new Set(stored).size).toBe(stored.length);
      const known = new Set(stored);
      expect(acknowledged.filter((id) => !known.has(id))).toEqual([]);
      const all = await collect(client.readAll());
      expect(all.filter(({ event }) => event?.streamId.startsWith('conform_kill'))).toHaveLength(
        stored.length,
      );
    });
  }, 60_000);
});

describe('a full disk', () => {
  const large = (): EventData => jsonEvent({ type: 'Large', data: { text: 'x'.repeat(100_000) } });
  /** With credentials the client appends by another call. */
  const viaAppend = { credentials: { username: 'a', password: 'b' } };

  /** Appends until the node refuses, and resolves to the ids of what it acknowledged. */
  async function fill(client: EventStoreDBClient, stream: string): Promise<string[]> {
    const acknowledged: string[] = [];
    const untilRefused = async (): Promise<never> => {
      for (;;) {
        const events = [large(), large()];
        await client.appendToStream(stream, events);
        acknowledged.push(...events.map(({ id }) => id));
      }
    };
    const failures = await Promise.all([untilRefused(), untilRefused(), untilRefused()].map(failureOf));
    failures.forEach((failure) => expect(failure).toMatchObject({ type: 'deadline-exceeded' }));
    return acknowledged;
  }

  it('makes the node read-only, which keeps what it acknowledged and nothing else', async () => {
    const dataDir = newDir();
    const stream = freshStream('full');
    const limited = await NodeProcess.start(dataDir, [], { fileBlocks: 4096 });
    await withNode(limited, async (client) => {
      const subscription = client.subscribeToStream(stream);
      const acknowledged = await fill(client, stream);
      expect(acknowledged.length).toBeGreaterThan(0);
      expect(limited.said).toMatch(/^The log could not be written, and is read-only until it can be: .+$/m);

      // Small ones would still find room in LMDB's own free pages.
      const refused = await failureOf(client.appendToStream(stream, numbered(0), viaAppend));
      expect(refused).toMatchObject({ type: 'unavailable' });
      expect(String(refused)).toMatch('The log could not be written, and is read-only');
      expect(await failureOf(client.appendToStream(stream, numbered(0)))).toMatchObject({
        type: 'deadline-exceeded',
      });
      expect(await failureOf(client.deleteStream(stream))).toMatchObject({ type: 'unavailable' });

      const stored = await idsIn(client, stream);
      expect([...stored].sort()).toEqual([...acknowledged].sort());
      const delivered = await collect(subscription, stored.length);
      expect(delivered.map(({ event }) => event?.id)).toEqual(stored);
      expect(await collect(client.subscribeToAll({ fromPosition: 'start' }), stored.length)).toHaveLength(
        stored.length,
      );
    });
    const again = await NodeProcess.start(dataDir, [], { fileBlocks: 2048 });
    await withNode(again, async (client) => {
      expect((await idsIn(client, stream)).length).toBeGreaterThan(0);
    });
  }, 60_000);

  it('is written to again when it has room, from where it stopped', async () => {
    const stream = freshStream('full');
    const limited = await NodeProcess.start(newDir(), [], { fileBlocks: 4096 });
    await withNode(limited, async (client) => {
      const acknowledged = await fill(client, stream);
      spawnSync('prlimit', [`--pid=${limited.child.pid}`, '--fsize=unlimited']);
      const expectedRevision = BigInt(acknowledged.length - 1);
      const event = large();
      const append = () => client.appendToStream(stream, event, { expectedRevision }).catch(() => undefined);
      let result = await append();
      while (!result) result = await append();
      expect(result.nextExpectedRevision).toBe(expectedRevision + 1n);
      expect(limited.said).toMatch(/The log can be written again\.\n$/);
      const stored = await idsIn(client, stream);
      expect([...stored].sort()).toEqual([...acknowledged, event.id].sort());
    });
  }, 60_000);
});

describe('a slow subscriber', () => {
  const MEBIBYTE = 1024 * 1024;

  it('costs bounded memory, however much is pending', async () => {
    const node = await NodeProcess.start(newDir());
    await withNode(node, async (client) => {
      const event = (): EventData => jsonEvent({ type: 'Pending', data: { text: 'x'.repeat(40_000) } });
      for (let i = 0; i < 40; i++) {
        await client.appendToStream(freshStream('slow'), Array.from({ length: 20 }, event));
      }
      // Reads all once, so that what follows is compared with a process that has already worked.
      await collect(client.readAll());
      const before = node.residentBytes;
      const idle = Array.from({ length: 8 }, () => client.subscribeToAll());
      await collect(client.readAll());
      // Without a bound the subscribers, who have asked for 8 times 30 MiB and read nothing, would be held in memory.
      expect(node.residentBytes - before).toBeLessThan(100 * MEBIBYTE);
      await Promise.all(idle.map((subscription) => subscription.unsubscribe()));
    });
  }, 60_000);
});
