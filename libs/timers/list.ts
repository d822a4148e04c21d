import { labelled } from '#kernel/label';
import type { Instant } from '#kernel/time';
import type { DeadlineKey } from './care-events.js';
import { stateAt, timers, unparked } from './standing.js';

/** How a timer stands: always exactly one of these. */
export const timerState = labelled({
  waiting: { en: 'not due yet', zh: '未到期' },
  due: { en: 'due', zh: '已到期' },
  late: { en: 'late', zh: '逾期未处理' },
  parked: { en: 'parked after failing', zh: '失败搁置' },
  held: { en: 'held by a person', zh: '人工暂停' },
  skipped: { en: 'skipped by a person', zh: '人工跳过' },
});
export type TimerState = (typeof timerState.options)[number];

/** An open deadline, how its timer stands, and what a person decided about it last. */
export interface TimerStanding extends DeadlineKey {
  readonly dueAt: Date;
  readonly state: TimerState;
  /** How often it failed since it was taken up or released. */
  readonly attempts: number;
  /** Why it failed last. */
  readonly cause: string | null;
  readonly parkedAt: Date | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly reasonCode: string | null;
}

/** Where a page of the list begins: after the timer with this key. */
export interface TimerListKey extends DeadlineKey {
  readonly dueAt: Instant;
}

export interface TimerFilter {
  readonly now: Instant;
  readonly limit: number;
  readonly state?: TimerState | undefined;
  readonly stream?: string | undefined;
  readonly after?: TimerListKey | undefined;
}

interface Queries {
  query(sql: string, parameters: unknown[]): Promise<TimerStanding[]>;
}

/** The timers of the open deadlines, the longest due first; at most `limit` of them. */
export function listTimers(tables: Queries, filter: TimerFilter): Promise<TimerStanding[]> {
  const { now, limit, state = null, stream = null, after } = filter;
  return tables.query(
    `SELECT * FROM (
       SELECT d.stream, d.command, d.generation, d.due_at AS "dueAt", ${stateAt('$1::timestamptz')} AS state,
         coalesce(w.attempts, 0) AS attempts, w.cause,
         CASE WHEN NOT ${unparked} THEN w.parked_at END AS "parkedAt",
         c.actor AS "decidedBy", c.since AS "decidedAt", c.reason_code AS "reasonCode"
       FROM ${timers}
       WHERE ($3::text IS NULL OR d.stream = $3) AND ($4::timestamptz IS NULL
         OR (d.due_at, d.stream, d.command, d.generation) > ($4, $5::text, $6::text, $7::text))) standing
     WHERE $2::text IS NULL OR state = $2
     ORDER BY "dueAt", stream, command, generation LIMIT $8`,
    [now, state, stream, after?.dueAt, after?.stream, after?.command, after?.generation, limit],
  );
}
