import type { DataSource } from 'typeorm';
import type { DueBy } from './claim.js';

/** How the timers stand. Liveness shows in the age of the oldest due deadline, never in a worker saying that it works. */
export interface TimerStatus {
  readonly due: number;
  readonly parked: number;
  /** 0 when nothing is due. */
  readonly oldestDueAgeSeconds: number;
  /** Absent when no worker has ever run. */
  readonly heartbeatAgeSeconds: number | undefined;
}

export async function timerStatus(dataSource: DataSource, dueBy: DueBy): Promise<TimerStatus> {
  const [row]: [StatusRow] = await dataSource.query(
    `SELECT count(*) FILTER (WHERE w.parked_at IS NULL)::int AS due,
       count(w.parked_at)::int AS parked,
       coalesce(extract(epoch FROM coalesce($1::timestamptz, now()) - min(d.due_at) FILTER (WHERE w.parked_at IS NULL)), 0)::float8 AS age,
       (SELECT extract(epoch FROM now() - max(heartbeat_at))::float8 FROM views.timer_workers) AS heartbeat
     FROM views.deadlines d LEFT JOIN views.timer_work w USING (stream, command, generation)
     WHERE d.due_at <= coalesce($1::timestamptz, now())`,
    [dueBy ?? null],
  );
  const { due, parked, age, heartbeat } = row;
  return { due, parked, oldestDueAgeSeconds: age, heartbeatAgeSeconds: heartbeat ?? undefined };
}

interface StatusRow {
  readonly due: number;
  readonly parked: number;
  readonly age: number;
  readonly heartbeat: number | null;
}
