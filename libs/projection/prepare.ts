import type { DataSource, QueryRunner } from 'typeorm';
import { instantOfEpochMs } from '#kernel/time';
import type { Tenure } from './batch-statement.js';
import type { Mark, Progress } from './engine.js';
import { RebuildNeeded, TakenOver } from './errors.js';
import type { Log } from './status.js';
import type { TableShape } from './table-shape.js';
import { inTransaction } from './views.js';

/** Where a reader group and its projections stand. */
export interface Standing {
  readonly read: Mark;
  readonly progress: Progress[];
  /** The different places of the log that something rests on. */
  readonly marks: readonly { readonly position: bigint; readonly eventId: string }[];
}

interface MarkRow {
  readonly log_id: string | null;
  readonly position: string | null;
  readonly event_position: string | null;
  readonly event_id: string | null;
  readonly event_at?: Date | null;
}
interface CheckpointRow extends MarkRow {
  readonly name: string;
  readonly version: number;
  readonly projected_table: string;
  readonly shape: string;
}

/**
 * Makes the projected tables that are missing, and drops and makes again those whose version or shape is another one.
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
    const rows: CheckpointRow[] = [];
    for (const shape of shapes) rows.push(await prepareTable(runner, shape, stored, log));
    for (const row of [read, ...rows]) ofThisLog(row, tenure.logId);
    const progress = shapes.map((shape, i) => ({ shape, position: bigintOf(rows[i]?.position) }));
    const mark =
      least(progress) === bigintOf(read.position)
        ? read
        : await forgetStreams(runner, read, progress, tenure);
    return { read: markOf(mark, rows), progress, marks: marksOf([mark, ...rows]) };
  });
}

async function lockReader(runner: QueryRunner, { readerGroup, epoch }: Tenure): Promise<MarkRow> {
  const [row]: MarkRow[] = await runner.query(
    'SELECT * FROM views.readers WHERE reader_group = $1 AND epoch = $2 FOR UPDATE',
    [readerGroup, epoch],
  );
  if (!row) throw new TakenOver(readerGroup);
  return row;
}

async function prepareTable(
  runner: QueryRunner,
  { projection, table, ddl, hash }: TableShape,
  stored: readonly CheckpointRow[],
  log: Log,
): Promise<CheckpointRow> {
  const own = stored.filter(({ name }) => name === projection.name);
  const [found]: { there: boolean }[] = await runner.query('SELECT to_regclass($1) IS NOT NULL AS there', [
    table,
  ]);
  const current = own.find(({ version, shape }) => version === projection.version && shape === hash);
  if (current && found?.there) return current;
  const { name, version } = projection;
  log.info(
    { projection: name, version, before: own.map((row) => row.version) },
    'A projected table is built from the start',
  );
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

/**
 * A projection that is behind the reader has the log read again from the start, so that its events are proven complete too:
 * the revisions seen belong to one position, and there is no other that they could be taken back to.
 */
async function forgetStreams(
  runner: QueryRunner,
  read: MarkRow,
  progress: readonly Progress[],
  { readerGroup }: Tenure,
): Promise<MarkRow> {
  const position = bigintOf(read.position);
  const behind = least(progress);
  if (position === undefined || (behind !== undefined && behind > position)) return read;
  const nowhere = { log_id: read.log_id, position: null, event_position: null, event_id: null };
  await runner.query('DELETE FROM views.streams WHERE reader_group = $1', [readerGroup]);
  await runner.query(
    'UPDATE views.readers SET position = NULL, event_position = NULL, event_id = NULL WHERE reader_group = $1',
    [readerGroup],
  );
  return nowhere;
}

function ofThisLog({ log_id }: MarkRow, logId: string): void {
  if (log_id !== null && log_id !== logId)
    throw new RebuildNeeded(`the tables come from log ${log_id}, this is ${logId}`);
}

const bigintOf = (text: string | null | undefined): bigint | undefined =>
  text === null || text === undefined ? undefined : BigInt(text);

/** Undefined, before everything else, when one has not begun. */
function least(progress: readonly Progress[]): bigint | undefined {
  let least: bigint | undefined = progress[0]?.position;
  for (const { position } of progress) {
    if (position === undefined) return undefined;
    if (least !== undefined && position < least) least = position;
  }
  return least;
}

function markOf(read: MarkRow, rows: readonly CheckpointRow[]): Mark {
  const at = rows.find(({ position }) => position === read.position)?.event_at;
  return {
    position: bigintOf(read.position),
    eventPosition: bigintOf(read.event_position),
    eventId: read.event_id ?? undefined,
    eventAt: at ? instantOfEpochMs(at.getTime()) : undefined,
  };
}

function marksOf(rows: readonly MarkRow[]): Standing['marks'] {
  const marks = new Map<string, { position: bigint; eventId: string }>();
  for (const { event_position, event_id } of rows) {
    if (event_position === null || event_id === null) continue;
    marks.set(`${event_position} ${event_id}`, { position: BigInt(event_position), eventId: event_id });
  }
  return [...marks.values()];
}
