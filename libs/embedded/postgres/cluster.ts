import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder } from '../ephemeral.js';
import { findOwner, isRoot, openStateFolder } from '../root.js';
import type { Owner } from '../root.js';
import { prepareBinaries } from './binaries.js';

/** The superuser that initdb makes, and the database that is there from the start. */
export const NAME = 'fourstar';

/** One database cluster: programs, files, and whom they belong to. */
export interface Cluster {
  readonly binaries: string;
  readonly data: string;
  readonly ephemeral: boolean;
  readonly owner: Owner | undefined;
}

/** The cluster of a data folder, made at the first call. An ephemeral one stays inside the data folder and is never synced. */
export async function openCluster(dataDir: string, ephemeral: boolean): Promise<Cluster> {
  const owner = await findOwner();
  const binaries = await prepareBinaries(dataDir);
  const home = (await findHome(dataDir)) ?? (await makeHome(dataDir, ephemeral, owner));
  const cluster = { binaries, data: join(home, 'data'), ephemeral, owner };
  if (!(await exists(cluster.data))) await initialise(cluster, home, await makePassword(dataDir));
  return cluster;
}

/** The random password of the superuser, kept in the data folder where only its owner can read it. */
export async function readPassword(dataDir: string): Promise<string> {
  return (await readFile(join(dataDir, 'password'), 'utf8')).trim();
}

/** Removes a stopped cluster with all its data, wherever they lie. */
export async function removeCluster(dataDir: string): Promise<void> {
  const home = await realpath(join(dataDir, 'cluster')).catch(() => undefined);
  if (home !== undefined) await removeFolder(home);
  await removeFolder(dataDir);
}

/** Starts one of Postgres' programs as the user that it must run as. */
export function spawnProgram(
  cluster: Pick<Cluster, 'binaries' | 'owner'>,
  program: 'initdb' | 'postgres',
  args: readonly string[],
): ChildProcess {
  return spawn(join(cluster.binaries, 'bin', program), args, {
    // Our own working folder may be closed to that user, and our environment may hold secrets and PG* settings.
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
    ...cluster.owner,
  });
}

/** `cluster` in the data folder is where the files are; for root it is a link that points there. */
async function findHome(dataDir: string): Promise<string | undefined> {
  const entry = join(dataDir, 'cluster');
  if (!(await exists(entry))) return undefined;
  return realpath(entry).catch((cause: unknown) => {
    throw new Error(`The Postgres data that ${entry} points to is gone`, { cause });
  });
}

async function makeHome(dataDir: string, ephemeral: boolean, owner: Owner | undefined): Promise<string> {
  const entry = join(dataDir, 'cluster');
  if (isRoot && !ephemeral) {
    const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
    // The link decides, not the hash: a moved data folder keeps its cluster, a new one in its place gets its own.
    const home = await mkdtemp(join(await openStateFolder(), `${hash}-`));
    await symlink(home, entry).catch(async (error: unknown) => {
      await rm(home, { recursive: true });
      throw error;
    });
  } else {
    await mkdir(entry, { mode: 0o700 });
    if (isRoot) await chmod(dataDir, 0o711);
  }
  const home = await realpath(entry);
  if (owner !== undefined) await chown(home, owner.uid, owner.gid);
  return home;
}

async function makePassword(dataDir: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  await writeFile(join(dataDir, 'password'), password, { mode: 0o600, flush: true });
  return password;
}

/** The rename comes last: a cluster is whole or absent, whatever interrupts its making. */
async function initialise(cluster: Cluster, home: string, password: string): Promise<void> {
  const { owner } = cluster;
  const draft = join(home, 'draft');
  const passwordFile = join(home, 'password');
  await removeFolder(draft);
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
  if (owner !== undefined) await chown(passwordFile, owner.uid, owner.gid);
  const identity = [`--username=${NAME}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  // The built-in C.UTF-8 sorts the same on every machine and depends on no installed locale or ICU version.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const sync = cluster.ephemeral ? ['--no-sync'] : [];
  await run(
    spawnProgram(cluster, 'initdb', [
      `--pgdata=${draft}`,
      ...identity,
      ...locale,
      ...sync,
      '--data-checksums',
      '--no-instructions',
    ]),
  );
  await rm(passwordFile);
  const single = [
    '--single',
    '-D',
    draft,
    '-c',
    'exit_on_error=on',
    ...(cluster.ephemeral ? ['-F'] : []),
    'template1',
  ];
  await run(spawnProgram(cluster, 'postgres', single), `CREATE DATABASE ${NAME};\n`);
  await rename(draft, cluster.data);
}

async function run(program: ChildProcess, input = ''): Promise<void> {
  program.stdin?.end(input);
  program.stdout?.pipe(process.stdout, { end: false });
  program.stderr?.pipe(process.stderr, { end: false });
  const code = await new Promise<number | null>((resolve, reject) => {
    program.once('error', reject).once('close', resolve);
  });
  if (code !== 0) throw new Error(`${program.spawnfile} ended with exit code ${code}`);
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
