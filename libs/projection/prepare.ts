import type { DataSource, QueryRunner } from 'typeorm';
import type { Tenure } from './batch-statement.js';
import {
  lockReader,
  standingOf,
  type CheckpointRow,
  type Placed,
  type ReaderRow,
  type Standing,
} from './standing.js';
import type { Log } from './status.js';
import type { TableShape } from './table-shape.js';
import { inTransaction } from './views.js';

/**
 * Finds the tables that are to be fed: those that are live in the version and shape of this release. Where nobody can have
 * seen a table yet it is made in its place; any other is built beside the live one, which stays as it is until then.
 * Throws TakenOver when the epoch is no longer ours, RebuildNeeded when the tables come from another log.
 */
export function prepareTables(
  dataSource: DataSource,
  shapes: readonly TableShape[],
  tenure: Tenure,
  log: Log,
): Promise<Standing> {
  return inTransaction(dataSource, async (runner) => {
    // A long report must not make everybody else wait behind this one; the attempt is repeated.
    await runner.query(`SET LOCAL lock_timeout = '2s'`);
    // A process that is put to sleep here must not keep its locks from whoever takes over.
    await runner.query(`SET LOCAL idle_in_transaction_session_timeout = '5s'`);
    const read = await lockReader(runner, tenure);
    const stored: CheckpointRow[] = await runner.query('SELECT * FROM views.checkpoints');
    const placed: Placed[] = [];
    for (const shape of shapes) {
      const row = await fedTable(runner, shape, stored, read, log);
      if (row) placed.push([shape, row]);
    }
    return standingOf(runner, read, placed, tenure);
  });
}

async function fedTable(
  runner: QueryRunner,
  shape: TableShape,
  stored: readonly CheckpointRow[],
  read: ReaderRow,
  log: Log,
): Promise<CheckpointRow | undefined> {
  const { projection, table, hash } = shape;
  const own = stored.filter(({ name }) => name === projection.name);
  const [found]: { there: boolean }[] = await runner.query('SELECT to_regclass($1) IS NOT NULL AS there', [
    table,
  ]);
  const current = own.find(({ version, shape: stands }) => version === projection.version && stands === hash);
  if (current && found?.there) return current;
  const wasSeen = read.position !== null || own.some(({ position }) => position !== null);
  return wasSeen ? undefined : makeTable(runner, shape, own, log);
}

async function makeTable(
  runner: QueryRunner,
  { projection: { name, version }, table, ddl, hash }: TableShape,
  own: readonly CheckpointRow[],
  log: Log,
): Promise<CheckpointRow> {
  log.info({ projection: name, version }, 'A projected table is made for the first time');
  for (const old of new Set([table, ...own.map((row) => row.projected_table)])) {
    await runner.query(`DROP TABLE IF EXISTS ${old}`);
    await runner.query('DELETE FROM views.parked WHERE projected_table = $1', [old]);
  }
  for (const statement of ddl) await runner.query(statement);
  await runner.query('DELETE FROM views.checkpoints WHERE name = $1', [name]);
  const [row]: CheckpointRow[] = await runner.query(
    'INSERT INTO views.checkpoints (name, version, projected_table, shape) VALUES ($1, $2, $3, $4) RETURNING *',
    [name, version, table, hash],
  );
  if (!row) throw new Error(`no checkpoint was made for ${name}`);
  return row;
}
