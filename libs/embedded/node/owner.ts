import { startOf } from '../process-record.js';
import type { Store } from './store.js';

/** Another node that is alive works on the same data folder. */
class DataDirInUse extends Error {
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
  const self: Owner = { pid: process.pid, startTime: startOf(process.pid) ?? '' };
  store.replaceOwner((owner) => {
    const { pid, startTime } = parse(owner);
    if (pid !== self.pid && startOf(pid) === startTime) throw new DataDirInUse(pid);
    return Buffer.from(JSON.stringify(self));
  });
}

function parse(owner: Buffer | undefined): Owner {
  if (!owner) return { pid: 0, startTime: '' };
  // Only takeOwnership writes this entry.
  return JSON.parse(owner.toString('utf8')) as Owner;
}
