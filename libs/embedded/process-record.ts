import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

const processRecord = z.object({
  pid: z.number().int().positive(),
  startedAt: z.string(),
  folder: z.string(),
});

/**
 * One process, named so that it cannot be mistaken for another: pids are used again, so the start belongs
 * to the name, and so does the folder, because a copied data folder carries its records with it.
 */
export type ProcessRecord = z.infer<typeof processRecord>;

/** The record of a live process which works in the folder of `file`; undefined when there is no such process. */
export function describeProcess(pid: number, file: string): ProcessRecord | undefined {
  const startedAt = startOf(pid);
  return startedAt === undefined ? undefined : { pid, startedAt, folder: realpathSync(dirname(file)) };
}

/** Writes the record of a live process. Synchronous, so that nothing happens between a spawn and its record. */
export function recordProcess(file: string, pid: number): void {
  const record = describeProcess(pid, file);
  if (record !== undefined) writeFileSync(file, JSON.stringify(record), { mode: 0o600 });
}

/** The process that `file` records, if it is still alive and was recorded in this very folder. */
export function readLiveProcess(file: string): ProcessRecord | undefined {
  const record = parseRecord(file);
  if (record === undefined || record.folder !== realpathSync(dirname(file))) return undefined;
  return isAlive(record) ? record : undefined;
}

/**
 * Ends the process that an earlier run recorded in `file` and left behind: first with `signal`, after
 * `graceMs` with SIGKILL. A process that is not provably the recorded one is left alone.
 */
export async function endOrphan(file: string, signal: NodeJS.Signals, graceMs = 10_000): Promise<void> {
  const orphan = readLiveProcess(file);
  if (orphan !== undefined && !(await endProcess(orphan, signal, graceMs))) {
    if (!(await endProcess(orphan, 'SIGKILL', graceMs))) {
      throw new Error(`Process ${orphan.pid}, left behind in ${orphan.folder}, cannot be ended`);
    }
  }
  rmSync(file, { force: true });
}

async function endProcess(target: ProcessRecord, signal: NodeJS.Signals, graceMs: number): Promise<boolean> {
  const deadline = performance.now() + graceMs;
  if (isAlive(target)) sendSignal(target.pid, signal);
  // It is nobody's child any more, so its end can only be observed.
  while (isAlive(target) && performance.now() < deadline) await delay(10);
  return !isAlive(target);
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in between, or it is not ours to end; the caller looks whether it is alive.
  }
}

function parseRecord(file: string): ProcessRecord | undefined {
  try {
    return processRecord.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function isAlive(record: ProcessRecord): boolean {
  return startOf(record.pid) === record.startedAt;
}

/** When the process started, in words that no other process of the same pid shares; undefined when it is dead. */
export function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout.trim() || undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the name in parentheses may hold anything, so the fields count from the last one: state is the 3rd, starttime the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    // The start counts from boot, so the same tick after another boot is another process.
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}+${fields[19]}`;
  } catch {
    return undefined;
  }
}
