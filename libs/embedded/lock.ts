import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeProcess, readLiveProcess } from './process-record.js';

/** Gives the folder back. */
export type Unlock = () => void;

/**
 * Makes this process the only user of a data folder. Throws a sentence that names the holder when a live process
 * has it; takes the lock over from a dead one.
 */
export function lockFolder(folder: string): Unlock {
  const file = join(folder, 'lock.json');
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(describeProcess(process.pid, file)), { mode: 0o600 });
  try {
    // A link appears with its whole content and only when the name is free: there is no half-written lock.
    while (!tryLink(mine, file)) clearStaleLock(folder, file);
  } finally {
    rmSync(mine);
  }
  return () => {
    if (readLiveProcess(file)?.pid === process.pid) rmSync(file);
  };
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function clearStaleLock(folder: string, file: string): void {
  const holder = readLiveProcess(file);
  if (holder !== undefined) {
    throw new Error(
      `The data folder ${folder} is in use by process ${holder.pid}: stop it, or set DATA_DIR to another folder`,
    );
  }
  // Two starts may find the same stale lock. The slower one would move away the lock of the faster, so what was
  // moved is looked at again and put back when it turns out to be alive.
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  if (readLiveProcess(aside) !== undefined) tryLink(aside, file);
  rmSync(aside);
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
