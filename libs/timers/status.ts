import type { DataSource } from 'typeorm';
import type { DueBy } from './claim.js';
import { stateAt, timers } from './standing.js';

/** How the timers stand. Liveness shows in the age of the oldest due deadline, never in a worker saying that it works. */
export interface TimerStatus {
  readonly due: number;
  /** Set aside for a person because they failed. */
  readonly parked: number;
  /** Due, if a person did not hold them. What is skipped is not counted anywhere. */
  readonly held: number;
  /** 0 when nothing is due. */
  readonly oldestDueAgeSeconds: number;
  /** Absent when no worker has ever run. */
  readonly heartbeatAgeSeconds: number | undefined;
}

const now = 'coalesce($1::timestamptz, now())';
const isDue = `state IN ('due', 'late')`;

export async function timerStatus(dataSource: DataSource, dueBy: DueBy): Promise<TimerStatus> {
  const [row]: [StatusRow] = await dataSource.query(
    `SELECT count(*) FILTER (WHERE ${isDue})::int AS due,
       count(*) FILTER (WHERE state = 'parked')::int AS parked,
       count(*) FILTER (WHERE state = 'held')::int AS held,
       coalesce(extract(epoch FROM ${now} - min(due_at) FILTER (WHERE ${isDue})), 0)::float8 AS age,
       (SELECT extract(epoch FROM now() - max(heartbeat_at))::float8 FROM views.timer_workers) AS heartbeat
     FROM (SELECT d.due_at, ${stateAt(now)} AS state FROM ${timers} WHERE d.due_at <= ${now}) fallen_due`,
    [dueBy ?? null],
  );
  const { due, parked, held, age, heartbeat } = row;
  return { due, parked, held, oldestDueAgeSeconds: age, heartbeatAgeSeconds: heartbeat ?? undefined };
}

interface StatusRow {
  readonly due: number;
  readonly parked: number;
  readonly held: number;
  readonly age: number;
  readonly heartbeat: number | null;
}
