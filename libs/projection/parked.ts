import type { EntityManager } from 'typeorm';

/** An event that is parked, as the table has it. */
export interface ParkedRow {
  readonly key: string;
  readonly position: bigint;
}

/** What is parked under one key of a projection: from its first position on, the table lacks this key's events. */
export interface ParkedKey {
  readonly projection: string;
  readonly key: string;
  readonly events: number;
  /** Where the first of them is in the log: the one that failed. */
  readonly position: bigint;
  readonly error: string;
  readonly attempts: number;
}

type Asking = Pick<EntityManager, 'query'>;

/** What the live tables of these projections lack: all of it, or what is parked under one key. */
export async function parkedOf(
  tables: Asking,
  names: readonly string[],
  key?: string,
): Promise<readonly ParkedKey[]> {
  // Before the first start, and while views are being built anew, there is no table: nothing is parked.
  const [found]: { there: boolean }[] = await tables.query(
    `SELECT to_regclass('views.parked') IS NOT NULL AS there`,
  );
  if (!found?.there) return [];
  const rows: (Omit<ParkedKey, 'position'> & { readonly position: string })[] = await tables.query(
    `SELECT p.projection, p.key, count(*)::int AS events, min(p.position) AS position,
       (array_agg(p.error ORDER BY p.position))[1] AS error, (array_agg(p.attempts ORDER BY p.position))[1] AS attempts
     FROM views.parked AS p JOIN views.checkpoints AS c ON c.name = p.projection AND c.projected_table = p.projected_table
     WHERE p.projection = ANY ($1) AND ($2::text IS NULL OR p.key = $2)
     GROUP BY p.projection, p.key ORDER BY p.projection, min(p.position)`,
    [names, key ?? null],
  );
  return rows.map((row) => ({ ...row, position: BigInt(row.position) }));
}

/** The events that are parked in a table, or only those of one key, in the order of the log. */
export async function parkedRows(tables: Asking, table: string, key?: string): Promise<ParkedRow[]> {
  const rows: { key: string; position: string }[] = await tables.query(
    `SELECT key, position FROM views.parked WHERE projected_table = $1 AND ($2::text IS NULL OR key = $2) ORDER BY position`,
    [table, key ?? null],
  );
  return rows.map(({ key, position }) => ({ key, position: BigInt(position) }));
}

/** How many events are parked in a table, by key. */
export async function parkedKeys(tables: Asking, table: string): Promise<Map<string, number>> {
  const rows: { key: string; events: number }[] = await tables.query(
    'SELECT key, count(*)::int AS events FROM views.parked WHERE projected_table = $1 GROUP BY key',
    [table],
  );
  return new Map(rows.map(({ key, events }) => [key, events]));
}
