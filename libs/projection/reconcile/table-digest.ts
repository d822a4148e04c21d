import type { TableShape } from '../table-shape.js';

export interface TableDigest {
  readonly rows: bigint;
  /** Two tables with the same columns have the same digest when they hold the same rows, in whatever order. */
  readonly digest: string;
}

/**
 * What a table holds, in one pass and 128 bits: the sums of two hashes of each row. A row is hashed as JSON in the order of its
 * columns' names, so that neither the physical order of columns nor the session's zone or formats matter. Digests are for
 * tables of one server: another version of it may hash otherwise.
 */
export async function tableDigest(
  runner: { query(sql: string): Promise<{ rows: string; digest: string }[]> },
  { table, columns }: Pick<TableShape, 'table' | 'columns'>,
): Promise<TableDigest> {
  const values = columns.map(({ name, type }) =>
    type === 'timestamp with time zone' ? `${name} AT TIME ZONE 'UTC' AS ${name}` : name,
  );
  const [found] = await runner.query(
    `SELECT count(*) AS rows,
       coalesce(sum(hashtextextended(line, 0)), 0) || ':' || coalesce(sum(hashtextextended(line, 1)), 0) AS digest
     FROM (SELECT to_jsonb(r)::text AS line FROM (SELECT ${values.join(', ')} FROM ${table}) AS r) AS lines`,
  );
  if (!found) throw new Error(`${table} has no digest`);
  return { rows: BigInt(found.rows), digest: found.digest };
}
