import type { DataSource } from 'typeorm';
import { keptSchema } from '../table-shape.js';
import { inTransaction } from '../views.js';
import { readState, type Stored } from './plan.js';
import { dropTable } from './prepare-next.js';

const liveGroup = 'projections';

/** Every table that is live, being built or kept, by projection; `ofPosition` is where the reader of the live ones stands. */
export async function listTables(
  dataSource: DataSource,
): Promise<readonly (Stored & { readonly ofPosition: string | null })[]> {
  const { stored, reader } = await readState(dataSource, liveGroup);
  const ordered = stored.toSorted((a, b) => a.name.localeCompare(b.name) || b.place.localeCompare(a.place));
  return ordered.map((each) => ({ ...each, ofPosition: reader?.position ?? null }));
}

/** Drops the table that is kept for a roll-back. False when none is, or when it is on its way back. */
export function dropKept(dataSource: DataSource, name: string): Promise<boolean> {
  return inTransaction(dataSource, async (runner) => {
    await runner.query(`SET LOCAL lock_timeout = '2s'`);
    const [kept]: Pick<Stored, 'projected_table'>[] = await runner.query(
      'SELECT projected_table FROM views_kept.checkpoints WHERE name = $1 FOR UPDATE',
      [name],
    );
    if (!kept) return false;
    await dropTable(runner, keptSchema, { name, projected_table: kept.projected_table });
    return true;
  });
}
