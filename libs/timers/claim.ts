import type { DataSource } from 'typeorm';
import { instantOfEpochMs, type Instant } from '#kernel/time';
import { unheld, unparked } from './standing.js';

/** A due deadline that this worker alone may deal with until its lease ends. */
export interface Claim {
  readonly stream: string;
  readonly command: string;
  readonly generation: string;
  readonly category: string;
  readonly aggregateId: string;
  readonly dueAt: Instant;
  readonly attempts: number;
  /** It has been answered before, `deadlines` has passed that answer, and it is due all the same. */
  readonly disagrees: boolean;
  /** Until when it is this worker's: what settles the claim, so that it cannot settle that of a successor. */
  readonly lease: string;
}

/** By the database's clock in real time, by the log's own when that is simulated. */
export type DueBy = Instant | undefined;

/** What may be taken up: not held, parked, waiting or leased, and not answered by something `deadlines` has yet to see. */
const free = `${unheld} AND ${unparked} AND w.not_before <= now()
  AND (w.leased_until IS NULL OR w.leased_until < now())
  AND (w.answered_position IS NULL OR w.answered_position <= (
    SELECT position FROM views.checkpoints WHERE name = 'deadlines' ORDER BY version DESC LIMIT 1))`;

/**
 * Takes up to `limit` due deadlines, the oldest first. Any number of workers may ask at once: nobody waits for another's
 * rows, and nobody gets them too. What was released from being parked begins anew.
 */
export async function claimDue(
  dataSource: Pick<DataSource, 'query'>,
  dueBy: DueBy,
  limit: number,
  leaseMs: number,
): Promise<Claim[]> {
  await dataSource.query(
    `INSERT INTO views.timer_work (stream, command, generation)
     SELECT d.stream, d.command, d.generation FROM views.deadlines d
     LEFT JOIN views.timer_work w USING (stream, command, generation)
     WHERE d.due_at <= coalesce($1::timestamptz, now()) AND w.stream IS NULL
     ORDER BY d.due_at LIMIT $2
     ON CONFLICT DO NOTHING`,
    [dueBy ?? null, limit],
  );
  const [rows]: [ClaimRow[], number] = await dataSource.query(
    `WITH taken AS (
       SELECT d.stream, d.command, d.generation, d.category, d.aggregate_id, d.due_at
       FROM views.deadlines d JOIN views.timer_work w USING (stream, command, generation)
         LEFT JOIN views.timer_care c USING (stream, command, generation)
       WHERE d.due_at <= coalesce($1::timestamptz, now()) AND ${free}
       ORDER BY d.due_at LIMIT $2
       FOR UPDATE OF w SKIP LOCKED)
     UPDATE views.timer_work w
     SET leased_until = now() + $3 * interval '1 millisecond', parked_at = NULL,
       attempts = CASE WHEN w.parked_at IS NULL THEN w.attempts ELSE 0 END,
       answered_position = CASE WHEN w.parked_at IS NULL THEN w.answered_position END
     FROM taken t
     WHERE (w.stream, w.command, w.generation) = (t.stream, t.command, t.generation)
     RETURNING t.*, w.attempts, w.answered_position IS NOT NULL AS disagrees, w.leased_until::text AS lease`,
    [dueBy ?? null, limit, leaseMs],
  );
  return rows.map(({ aggregate_id: aggregateId, due_at: dueAt, ...row }) => ({
    ...row,
    aggregateId,
    dueAt: instantOfEpochMs(dueAt.getTime()),
  }));
}

interface ClaimRow extends Omit<Claim, 'aggregateId' | 'dueAt'> {
  readonly aggregate_id: string;
  readonly due_at: Date;
}

/** What became of a claim. */
export type Outcome =
  | { readonly is: 'answered'; readonly position: bigint | undefined }
  | { readonly is: 'failed'; readonly cause: string; readonly retryMs: number; readonly counts: boolean }
  | { readonly is: 'parked'; readonly cause: string };

/** Writes down what became of a batch of claims, in one statement. A claim that another worker has taken over is left to it. */
export async function settleClaims(
  dataSource: DataSource,
  outcomes: readonly (readonly [Claim, Outcome])[],
): Promise<void> {
  const column = <T>(pick: (claim: Claim, outcome: Outcome) => T): T[] =>
    outcomes.map((each) => pick(...each));
  await dataSource.query(
    `UPDATE views.timer_work w SET
       leased_until = NULL,
       answered_position = coalesce(u.position, w.answered_position),
       attempts = w.attempts + u.counted,
       not_before = now() + u.retry_ms * interval '1 millisecond',
       parked_at = CASE WHEN u.parked THEN date_trunc('milliseconds', now()) END,
       cause = u.cause
     FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::int[], $7::int[], $8::bool[], $9::text[])
       AS u (stream, command, generation, lease, position, counted, retry_ms, parked, cause)
     WHERE (w.stream, w.command, w.generation, w.leased_until) = (u.stream, u.command, u.generation, u.lease)`,
    [
      column(({ stream }) => stream),
      column(({ command }) => command),
      column(({ generation }) => generation),
      column(({ lease }) => lease),
      column((_, outcome) => (outcome.is === 'answered' ? (outcome.position?.toString() ?? '0') : null)),
      column((_, outcome) => (outcome.is === 'failed' && outcome.counts ? 1 : 0)),
      column((_, outcome) => (outcome.is === 'failed' ? outcome.retryMs : 0)),
      column((_, outcome) => outcome.is === 'parked'),
      column((_, outcome) => (outcome.is === 'answered' ? null : outcome.cause)),
    ],
  );
}

/** Drops the work of deadlines that are no more, and the heartbeats of workers that ended long ago. */
export async function sweep(dataSource: DataSource): Promise<void> {
  await dataSource.query(`DELETE FROM views.timer_workers WHERE heartbeat_at < now() - interval '1 day'`);
  await dataSource.query(
    `DELETE FROM views.timer_work w WHERE NOT EXISTS (
       SELECT FROM views.deadlines d
       WHERE (d.stream, d.command, d.generation) = (w.stream, w.command, w.generation))`,
  );
}
