import type { ChildProcess } from 'node:child_process';
import { readFile, readlink, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { recordProcess } from '../process-record.js';
import { spawnProgram } from './cluster.js';
import type { Cluster } from './cluster.js';

const READY = 'database system is ready to accept connections';

/** A running Postgres server. */
export interface Server {
  readonly port: number;
  /** Resolves when the server has ended, however that came about. */
  readonly ended: Promise<void>;
  /** Shuts down fast: open transactions are rolled back, nothing that was committed is lost. */
  stop(): Promise<void>;
}

/** Starts the server on `port`, or on a free one, and notes its process in `record`. */
export async function startServer(cluster: Cluster, record: string, port?: number): Promise<Server> {
  await clearStalePidFile(cluster.data);
  const chosen = port ?? (await findFreePort());
  const server = spawnProgram(cluster, 'postgres', [
    '-D',
    cluster.data,
    ...settings(chosen, cluster.ephemeral),
  ]);
  if (server.pid !== undefined) recordProcess(record, server.pid);
  const ended = new Promise<void>((resolve) => {
    server.once('error', (error) => {
      process.stderr.write(`${error.message}\n`);
      resolve();
    });
    server.once('close', () => resolve());
  });
  if (!(await becomesReady(server, ended))) throw new Error('Postgres ended before it was ready');
  return { port: chosen, ended, stop: () => stop(server, ended) };
}

function settings(port: number, ephemeral: boolean): string[] {
  const durability = ephemeral ? { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' } : {};
  const all = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '128MB',
    // No replica reads the log, so COPY into a table made in the same transaction (a rebuild) may skip it.
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_wal_size: '512MB',
    max_logical_replication_workers: 0,
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Our logger knows the time.
    log_line_prefix: '',
    log_checkpoints: 'off',
    // A failed statement is answered to its caller. Its text quotes values, and personal data has no place in a log.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    // During a long recovery a line now and then tells the supervisor that we are alive.
    log_startup_progress_interval: '5s',
    ...durability,
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Forwards what the server says; true when it says that it is ready, false when it ends before. */
function becomesReady(server: ChildProcess, ended: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    for (const stream of [server.stdout, server.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        process.stderr.write(`${line}\n`);
        if (line.includes(READY)) resolve(true);
      });
    }
    void ended.then(() => resolve(false));
  });
}

async function stop(server: ChildProcess, ended: Promise<void>): Promise<void> {
  // SIGINT is the fast shutdown; SIGTERM would wait for every client to leave.
  server.kill('SIGINT');
  const immediate = setTimeout(() => server.kill('SIGQUIT'), 20_000);
  const lastResort = setTimeout(() => server.kill('SIGKILL'), 25_000);
  await ended;
  clearTimeout(immediate);
  clearTimeout(lastResort);
}

/**
 * Postgres takes any live process of its own user that has the pid in postmaster.pid for another server, and refuses to
 * start: after a reboot, or in a container, that may be anyone. A real server works in its data folder.
 */
async function clearStalePidFile(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const pid = parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (workingFolder !== undefined && workingFolder !== data) await rm(file);
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('A TCP port was asked for');
  return address.port;
}
