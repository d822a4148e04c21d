import { QueryFailedError, type DataSource } from 'typeorm';
import { plainText } from './array-literal.js';
import { fence, tableStatement, type Tenure } from './batch-statement.js';
import type { FoldedBatch } from './engine.js';
import { BatchRefused, Damage, Hole, Refused, TakenOver, type Verdict } from './errors.js';
import type { FoldedRow, TableFold } from './fold.js';
import { Parameters, Source } from './parameters.js';
import { sameKey } from './table-parts.js';

/** What Postgres said, as far as it is known to `pg`. */
interface PostgresError extends Error {
  readonly code?: string;
}

/**
 * Why a batch was not written. The statement only says that something did not fit, which is all that it has time for;
 * which event it was is found here. An error of the connection or the server comes back as it is, to be tried again.
 */
export async function diagnose(
  dataSource: DataSource,
  batch: FoldedBatch,
  tenure: Tenure,
  error: PostgresError,
): Promise<Error> {
  if (error.code === expectationFailed && error.message === fence) return new TakenOver(tenure.readerGroup);
  if (isOfTheStatement(error)) return new BatchRefused(batch.readFrom, batch.to.position, error);
  if (!isOfTheRows(error)) return error;
  const hole = await holeIn(dataSource, batch, tenure);
  if (hole) return hole;
  const verdicts: Verdict[] = [];
  for (const fold of batch.tables) {
    const verdict = await firstRefused(dataSource, fold);
    if (verdict) verdicts.push(verdict);
  }
  if (verdicts.length > 0) return new Refused(verdicts, error);
  return new BatchRefused(batch.readFrom, batch.to.position, error);
}

/** The code that `views.expect` raises. */
const expectationFailed = 'FS001';
const uniqueViolation = '23505';

/** Classes 22, 23 and 54 are values that a table cannot take, such as one that is too long for its index. */
const isOfTheRows = ({ code = '' }: PostgresError): boolean =>
  code === expectationFailed || /^(22|23|54)/.test(code);

/**
 * Class 42 is a statement that does not fit its tables, whatever the events are: trying again would change nothing. Tables that
 * are gone altogether (42P01) are made again by the next attempt.
 */
const isOfTheStatement = ({ code = '' }: PostgresError): boolean => code.startsWith('42') && code !== '42P01';

/**
 * The event that Postgres refuses the rows of: the table takes all events of the batch before it, and not this one after them.
 * It is found by halving, each time by trying and taking back. Undefined when the table is not what was refused.
 *
 * Postgres sees only what a batch leaves of a row: a value that a later event of the same batch replaces is not refused.
 */
async function firstRefused(dataSource: DataSource, fold: TableFold): Promise<Verdict | undefined> {
  let refusal = await refusalOf(dataSource, fold);
  if (!refusal) return undefined;
  let taken = 0;
  let refused = fold.steps.length;
  while (refused - taken > 1) {
    const half = (taken + refused) >> 1;
    const found = await refusalOf(dataSource, fold.upTo(half));
    if (found) [refused, refusal] = [half, found];
    else taken = half;
  }
  const step = fold.steps[refused - 1];
  if (!step) return undefined;
  // What does not fit the rows that are there is told by its row; values that no row can take are not looked up.
  const isDamage = refusal.code === expectationFailed || refusal.code === uniqueViolation;
  const error = (isDamage && (await damageIn(dataSource, fold.upTo(refused)))) || refusal;
  return { table: fold.shape.table, position: step.origin.position, error };
}

/** What Postgres says to the rows of a table, which are taken back in any case. */
async function refusalOf(dataSource: DataSource, fold: TableFold): Promise<PostgresError | undefined> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    // A process that is put to sleep here must not keep its locks from whoever takes over.
    await runner.query(`SET LOCAL idle_in_transaction_session_timeout = '5s'`);
    const { text, values } = tableStatement(fold);
    await runner.query(text, values);
    return undefined;
  } catch (error) {
    const said: PostgresError | undefined = error instanceof QueryFailedError ? error.driverError : undefined;
    if (said && isOfTheRows(said)) return said;
    throw error;
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}

/** The row that a change does not follow on, in words. */
async function damageIn(dataSource: DataSource, fold: TableFold): Promise<Damage | undefined> {
  const rows = [...fold.rows.values()];
  const missing = rows.filter(({ expects }) => expects === 'present');
  const present = rows.filter(({ expects, becomes }) => expects === 'absent' && becomes !== 'gone');
  const lost = await firstWhere(dataSource, fold, missing, 'NOT EXISTS');
  const row = lost ?? (await firstWhere(dataSource, fold, present, 'EXISTS'));
  if (!row) return undefined;
  const what = row === lost ? 'there is no such row' : 'there is such a row already';
  return new Damage(fold.shape.table, row.key, row.origin.position, what);
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

/** The first stream that the batch begins although it was seen before. */
async function holeIn(dataSource: DataSource, batch: FoldedBatch, tenure: Tenure): Promise<Hole | undefined> {
  const known: { stream: string; revision: string }[] = await dataSource.query(
    'SELECT stream, revision FROM views.streams WHERE reader_group = $1 AND stream = ANY ($2)',
    [tenure.readerGroup, [...batch.streams.begun.keys()]],
  );
  const last = new Map(known.map(({ stream, revision }) => [stream, BigInt(revision)]));
  const again = batch.events.find(({ stream }) => last.has(stream));
  return again && new Hole(again.stream, last.get(again.stream), again.revision, again.position);
}
