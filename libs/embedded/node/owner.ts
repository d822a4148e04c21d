import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Store } from './store.js';

/** Another node that is alive works on the same data folder. */
export class DataDirInUse extends Error {
  constructor(readonly pid: number) {
    super(`it is in use by process ${pid}`);
  }
}

interface Owner {
  readonly pid: number;
  /** When the process started, in a unit of the system's own: it tells two processes with the same pid apart. */
  readonly startTime: string;
}

/**
 * Makes this process the owner of the store. LMDB's own write lock decides between two that try at once; the entry
 * of an owner that is gone, even by kill -9, counts for nothing.
 */
export function takeOwnership(store: Store): void {
  const self: Owner = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
  store.replaceOwner((owner) => {
    const { pid, startTime } = parse(owner);
    if (pid !== self.pid && startTimeOf(pid) === startTime) throw new DataDirInUse(pid);
    return Buffer.from(JSON.stringify(self));
  });
}

function parse(owner: Buffer | undefined): Owner {
  if (!owner) return { pid: 0, startTime: '' };
  // Only takeOwnership writes this entry.
  return JSON.parse(owner.toString('utf8')) as Owner;
}

/** Undefined if there is no such process. */
const startTimeOf = process.platform === 'linux' ? startTimeByProc : startTimeByPs;

/** Start times count from the system's boot here, so the boot belongs to them. */
function startTimeByProc(pid: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field, the program's name, may itself hold blanks and brackets; the start time is the 22nd.
    const startTime = status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${startTime}`;
  } catch {
    return undefined;
  }
}

function startTimeByPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'latin1' });
  return stdout?.trim() || undefined;
}
