import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const main = join(import.meta.dirname, '../../dist/apps/cli/main.js');

/** Runs the built command line. `watch` sees the process once it has been started. */
export function commandLine(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  watch: (child: ChildProcess) => void = () => undefined,
): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
  const ran = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => (ran.out += text.toString('utf8')));
  child.stderr.on('data', (text: Buffer) => (ran.err += text.toString('utf8')));
  const ended = new Promise<Ran>((resolve) => child.once('close', (code) => resolve({ code, ...ran })));
  watch(child);
  return ended;
}
