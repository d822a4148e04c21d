import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRoot, openStateFolder } from './root.js';
import { endOrphan, readLiveProcess, recordProcess } from './process-record.js';

const PREFIX = 'fourstar-ephemeral-';

/**
 * Makes a folder that lives no longer than this process. It is removed by whoever made it; what a killed process
 * could not remove, processes included, the next call does.
 */
export async function makeEphemeralFolder(): Promise<string> {
  // Root's Postgres runs as another user, who may not be able to reach root's temp folder.
  const base = isRoot ? await openStateFolder() : tmpdir();
  await sweep(base);
  const folder = await mkdtemp(join(base, PREFIX));
  recordProcess(join(folder, 'owner.json'), process.pid);
  return folder;
}

/** Removes the folder; retries while a process that is ending still writes there. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** Ends what still runs for a store's folder: a child that did not notice its parent's end, a server whose keeper was killed. */
export async function endLeftovers(folder: string): Promise<void> {
  await endOrphan(join(folder, 'child.json'), 'SIGKILL');
  await endOrphan(join(folder, 'postmaster.json'), 'SIGINT');
}

async function sweep(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    // What cannot be removed, or is just being removed by another start, is no reason not to start.
    if (name.startsWith(PREFIX)) await sweepFolder(join(base, name)).catch(() => undefined);
  }
}

async function sweepFolder(folder: string): Promise<void> {
  const owner = await stat(join(folder, 'owner.json')).catch(() => undefined);
  if (owner?.uid !== process.getuid?.() || readLiveProcess(join(folder, 'owner.json')) !== undefined) return;
  await endLeftovers(folder);
  await removeFolder(folder);
}
