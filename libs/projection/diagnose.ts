import type { DataSource } from 'typeorm';
import { fence, type Tenure } from './batch-statement.js';
import type { FoldedBatch } from './engine.js';
import { ApplyFailed, BatchRefused, Damage, Hole, TakenOver } from './errors.js';
import type { FoldedRow, TableFold } from './fold.js';
import { Parameters, Source } from './parameters.js';
import { plainText } from './array-literal.js';
import { sameKey } from './table-parts.js';

/** What Postgres said, as far as it is known to `pg`. */
interface PostgresError extends Error {
  readonly code?: string;
}

/**
 * Why a batch was not written. The statement only says that something did not fit, which is all that it has time for;
 * which row it was is looked up here. An error of the connection or the server comes back as it is, to be tried again.
 */
export async function diagnose(
  dataSource: DataSource,
  batch: FoldedBatch,
  tenure: Tenure,
  error: PostgresError,
): Promise<Error> {
  if (!isOfTheData(error)) return error;
  if (error.code === expectationFailed && error.message === fence) return new TakenOver(tenure.readerGroup);
  for (const fold of batch.tables) {
    const damage = await damageIn(dataSource, fold);
    if (damage) return damage;
  }
  return (
    (await holeIn(dataSource, batch, tenure)) ?? new BatchRefused(batch.readFrom, batch.to.position, error)
  );
}

/** The code that `views.expect` raises. */
const expectationFailed = 'FS001';

/**
 * Classes 22 and 23 are values that the table cannot take, 42 a statement that does not fit it: trying again would change
 * nothing. Tables that are gone altogether (42P01) are made again by the next attempt.
 */
const isOfTheData = ({ code = '' }: PostgresError): boolean =>
  code === expectationFailed || (/^(22|23|42)/.test(code) && code !== '42P01');

async function damageIn(dataSource: DataSource, fold: TableFold): Promise<Error | undefined> {
  const rows = [...fold.rows.values()];
  const missing = rows.filter(({ expects }) => expects === 'present');
  const present = rows.filter(({ expects, becomes }) => expects === 'absent' && becomes !== 'gone');
  const lost = await firstWhere(dataSource, fold, missing, 'NOT EXISTS');
  const row = lost ?? (await firstWhere(dataSource, fold, present, 'EXISTS'));
  if (!row) return undefined;
  const what = row === lost ? 'there is no such row' : 'there is such a row already';
  const { table, projection } = fold.shape;
  return new ApplyFailed(projection.name, row.origin, new Damage(table, row.key, row.origin.position, what));
}

/** The first of the rows for which it is so that there is, or is not, one with its key. */
async function firstWhere(
  dataSource: DataSource,
  { shape }: TableFold,
  rows: readonly FoldedRow[],
  exists: 'EXISTS' | 'NOT EXISTS',
): Promise<FoldedRow | undefined> {
  if (rows.length === 0) return undefined;
  const parameters = new Parameters();
  const source = new Source(parameters).column('n', 'integer', [...rows.keys()], plainText);
  shape.keys.forEach(({ name, type, encode }, part) => {
    source.column(
      name,
      type,
      rows.map(({ key }) => key[part]),
      encode,
    );
  });
  const sql = `SELECT n FROM ${source.sql} WHERE ${exists} (SELECT FROM ${shape.table} AS t WHERE ${sameKey(shape)})
    ORDER BY n LIMIT 1`;
  const [first]: { n: number }[] = await dataSource.query(sql, parameters.values);
  return first && rows[first.n];
}

async function holeIn(
  dataSource: DataSource,
  batch: FoldedBatch,
  tenure: Tenure,
): Promise<Error | undefined> {
  const begun = [...batch.streams.begun.keys()];
  const [known]: { stream: string; revision: string }[] = await dataSource.query(
    'SELECT stream, revision FROM views.streams WHERE reader_group = $1 AND stream = ANY ($2) LIMIT 1',
    [tenure.readerGroup, begun],
  );
  if (!known) return undefined;
  return new Hole(known.stream, BigInt(known.revision), 0n, batch.to.position);
}
