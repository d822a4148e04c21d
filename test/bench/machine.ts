import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';

/** What the figures were measured on, and what of. */
export interface Machine {
  readonly cpus: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly commit: string;
}

const measured = ['@eventstore/db-client', '@nestjs/core', 'fastify', 'lmdb', 'pg', 'zod', 'typeorm'];

export function describeMachine(): Machine {
  const cpus = os.cpus();
  const versions = measured.map((name) => [name, versionOf(name)]);
  return {
    cpus: cpus.length,
    cpu: cpus[0]?.model ?? 'unknown',
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    kernel: `${os.type()} ${os.release()}`,
    versions: { node: process.version, ...Object.fromEntries(versions) },
    commit: commit(),
  };
}

const require = createRequire(import.meta.url);

/** Read from the file, since not every package lets its manifest be imported. */
function versionOf(name: string): string {
  const folder = require.resolve.paths(name)?.map((path) => `${path}/${name}/package.json`) ?? [];
  for (const path of folder) {
    try {
      return String(JSON.parse(readFileSync(path, 'utf8')).version);
    } catch {
      continue;
    }
  }
  return 'unknown';
}

/** `+` when the working copy differs from it. */
function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    return git('rev-parse', 'HEAD') + (git('status', '--porcelain') ? '+' : '');
  } catch {
    return 'unknown';
  }
}
