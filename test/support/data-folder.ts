import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeCluster } from '#embedded/postgres/cluster';

/** A data folder for one test, and how to remove it with everything that belongs to it elsewhere. */
export function dataFolder(): { readonly path: string; remove(): Promise<void> } {
  const path = mkdtempSync(join(tmpdir(), 'fourstar-test-'));
  const remove = async () => {
    await removeCluster(join(path, 'postgres'));
    rmSync(path, { recursive: true, force: true });
  };
  return { path, remove };
}
