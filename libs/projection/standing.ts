import type { QueryRunner } from 'typeorm';
import { instantOfEpochMs } from '#kernel/time';
import { patiently } from './attentive-client.js';
import type { Tenure } from './batch-statement.js';
import type { Mark, Progress } from './engine.js';
import { RebuildNeeded, TakenOver } from './errors.js';
import type { TableShape } from './table-shape.js';

/** Where a reader group and its projections stand. */
export interface Standing {
  readonly read: Mark;
  readonly progress: Progress[];
  /** How many events have been read. */
  readonly events: number;
  /** The different places of the log that something rests on. */
  readonly marks: readonly { readonly position: bigint; readonly eventId: string }[];
}

export interface MarkRow {
  readonly log_id: string | null;
  readonly position: string | null;
  readonly event_position: string | null;
  readonly event_id: string | null;
  readonly event_at?: Date | null;
}
export interface ReaderRow extends MarkRow {
  readonly owner: string | null;
  readonly epoch: string;
  readonly events: string;
}
export interface CheckpointRow extends MarkRow {
  readonly name: string;
  readonly version: number;
  readonly projected_table: string;
  readonly shape: string;
  readonly generation: number | null;
}

/** A table and the checkpoint that it stands at. */
export type Placed = readonly [TableShape, CheckpointRow];

/** The reader's row, locked until the transaction ends. Throws TakenOver when the epoch is no longer ours. */
export async function lockReader(
  runner: QueryRunner,
  { readerGroup, epoch }: Pick<Tenure, 'readerGroup' | 'epoch'>,
): Promise<ReaderRow> {
  const [row]: ReaderRow[] = await runner.query(
    'SELECT * FROM views.readers WHERE reader_group = $1 AND epoch = $2 FOR UPDATE',
    [readerGroup, epoch],
  );
  if (!row) throw new TakenOver(readerGroup);
  return row;
}

/** Throws RebuildNeeded when the reader or a table comes from another log. */
export async function standingOf(
  runner: QueryRunner,
  read: ReaderRow,
  placed: readonly Placed[],
  tenure: Tenure,
): Promise<Standing> {
  const rows = placed.map(([, row]) => row);
  for (const row of [read, ...rows]) ofThisLog(row, tenure.logId);
  const progress = placed.map(([shape, row]) => ({ shape, position: bigintOf(row.position) }));
  const mark = isBehind(progress, read) ? await forgetStreams(runner, read, tenure) : read;
  return {
    read: markOf(mark, rows),
    progress,
    events: Number(mark.events),
    marks: marksOf([mark, ...rows]),
  };
}

function isBehind(progress: readonly Progress[], read: MarkRow): boolean {
  const position = bigintOf(read.position);
  if (position === undefined) return false;
  return progress.some((each) => each.position === undefined || each.position < position);
}

/**
 * A projection that is behind the reader has the log read again from the start, so that its events are proven complete too:
 * the revisions seen belong to one position, and there is no other that they could be taken back to.
 */
async function forgetStreams(
  runner: QueryRunner,
  read: ReaderRow,
  { readerGroup }: Tenure,
): Promise<ReaderRow> {
  await patiently(runner, () =>
    runner.query('DELETE FROM views.streams WHERE reader_group = $1', [readerGroup]),
  );
  await runner.query(
    `UPDATE views.readers SET position = NULL, event_position = NULL, event_id = NULL, events = 0
     WHERE reader_group = $1`,
    [readerGroup],
  );
  return { ...read, position: null, event_position: null, event_id: null, events: '0' };
}

function ofThisLog({ log_id }: MarkRow, logId: string): void {
  if (log_id !== null && log_id !== logId)
    throw new RebuildNeeded(`the tables come from log ${log_id}, this is ${logId}`);
}

const bigintOf = (text: string | null | undefined): bigint | undefined =>
  text === null || text === undefined ? undefined : BigInt(text);

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
