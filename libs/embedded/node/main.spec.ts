import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent, type EventData } from '@eventstore/db-client';
import { NodeProcess, spawnNode, temporaryDir } from '../../../test/conform/node-process.js';
import { collect, failureOf, freshStream, numbered } from '../../../test/conform/support.js';
import { takeOwnership } from './owner.js';
import { Store } from './store.js';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(dataDir?: string, args: readonly string[] = []): Promise<NodeProcess> {
  const node = await NodeProcess.start(dataDir, args);
  cleanUps.push(() => node.remove());
  return node;
}

function emptyDir(): string {
  const dataDir = temporaryDir();
  cleanUps.push(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

function connect(node: NodeProcess): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(node.url);
  cleanUps.push(() => client.dispose());
  return client;
}

describe('the node as a process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s answers what it has stored and ends its streams',
    async (signal) => {
      const node = await start();
      const client = connect(node);
      const subscription = client.subscribeToAll();
      const failure = failureOf(collect(subscription));
      await once(subscription, 'caughtUp');
      const stream = freshStream();
      const appends = Array.from({ length: 200 }, () => client.appendToStream(stream, numbered(0)));
      const outcomes = Promise.allSettled(appends);
      await Promise.race(appends);
      expect(await node.end(signal)).toBe(0);
      expect(await failure).toMatchObject({ type: 'cancelled' });

      const answered = (await outcomes).filter(({ status }) => status === 'fulfilled');
      const events = await collect(connect(await start(node.dataDir)).readStream(stream));
      expect(events).toHaveLength(answered.length);
    },
  );

  it('cancels a read that is still going on, and takes no new calls', async () => {
    const node = await start();
    const client = connect(node);
    const stream = freshStream();
    const large = (): EventData => jsonEvent({ type: 'Large', data: { text: 'x'.repeat(40_000) } });
    for (let i = 0; i < 10; i++) await client.appendToStream(stream, Array.from({ length: 20 }, large));
    const read = client.readStream(stream);
    const reading = read[Symbol.asyncIterator]();
    await reading.next();
    const ended = node.end();
    const rest = async (): Promise<void> => {
      while (!(await reading.next()).done);
    };
    expect(await failureOf(rest())).toMatchObject({ type: 'cancelled' });
    expect(await ended).toBe(0);
    expect(await failureOf(collect(connect(node).readStream(stream)))).toMatchObject({ code: 14 });
  });

  it('ends when its parent is gone', async () => {
    const node = await start();
    const exited = once(node.child, 'exit');
    node.child.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  it('ends when its parent is gone before it is up', async () => {
    const child = spawnNode(emptyDir());
    const exited = once(child, 'exit');
    await once(child, 'spawn');
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  it('listens on the port it is told', async () => {
    const first = await start();
    await first.end();
    const second = await start(emptyDir(), ['--port', `${first.port}`]);
    expect(second.port).toBe(first.port);
  });
});

describe('the node refuses to start', () => {
  /** What it says, which is one line, and that it says so to its parent by a status. */
  const refusal = async (dataDir: string, args: readonly string[] = []): Promise<string> =>
    String(await failureOf(start(dataDir, args)));

  it('on a port that is taken', async () => {
    const { port } = await start();
    expect(await refusal(emptyDir(), ['--port', `${port}`])).toMatch(
      /^Error: exit 1: The embedded .*EADDRINUSE.*$/,
    );
  });

  it('on data that another node works with', async () => {
    const { dataDir, child } = await start();
    expect(await refusal(dataDir)).toBe(
      `Error: exit 1: The embedded EventStoreDB node ended: it is in use by process ${child.pid}`,
    );
  });

  it('on a folder that is a file, and on a file that is no log', async () => {
    const dataDir = emptyDir();
    writeFileSync(join(dataDir, 'file'), '');
    expect(await refusal(join(dataDir, 'file'))).toMatch(/^Error: exit 1: The embedded .*$/);
    writeFileSync(join(dataDir, 'log.mdb'), 'x'.repeat(10_000));
    expect(await refusal(dataDir)).toMatch(/^Error: exit 1: The embedded .*$/);
  });

  it('on arguments that make no sense', async () => {
    expect(await refusal(emptyDir(), ['--port', 'x'])).toMatch(/exit 1: .*--port x is not a port$/);
    expect(await refusal(emptyDir(), ['--prot', '1'])).toMatch(/exit 1: .*--prot/);
    expect(await refusal('')).toMatch(/exit 1: .*--data-dir is missing$/);
  });
});

describe('the owner of a data folder', () => {
  it('may be killed at any time', async () => {
    const node = await start();
    await node.end('SIGKILL');
    await start(node.dataDir);
  });

  it('is not confused with another process that has got its pid', async () => {
    const store = Store.open(emptyDir());
    cleanUps.push(() => store.close());
    const parent = { pid: process.ppid, startTime: 'another time' };
    store.replaceOwner(() => Buffer.from(JSON.stringify(parent)));
    takeOwnership(store);
    let owner: unknown;
    store.replaceOwner((entry = Buffer.from('{}')) => {
      owner = JSON.parse(entry.toString('utf8'));
      return entry;
    });
    expect(owner).toMatchObject({ pid: process.pid });
  });

  it('lets several at once have one winner', async () => {
    const dataDir = emptyDir();
    const starts = await Promise.allSettled([1, 2, 3].map(() => start(dataDir)));
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(
      Promise.any(
        starts.map((s) =>
          s.status === 'fulfilled'
            ? connect(s.value).appendToStream(freshStream(), numbered(0))
            : Promise.reject(),
        ),
      ),
    ).resolves.toMatchObject({ success: true });
  });
});
