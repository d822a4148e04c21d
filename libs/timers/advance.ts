import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { instantOfEpochMs, type Instant } from '#kernel/time';
import { timerStatus } from './status.js';
import type { TimerWorker } from './worker.js';

export interface AdvanceOptions {
  readonly dataSource: DataSource;
  readonly worker: TimerWorker;
  readonly now: () => Instant;
  /** Moves the log's clock. */
  readonly moveTo: (instant: Instant) => Promise<void>;
  /** Resolves when the tables reflect everything that has been written so far. */
  readonly caughtUp: () => Promise<void>;
}

/**
 * Moves a simulated clock to `target`, stopping at every instant in between at which something falls due and letting
 * everything due then happen first, as it would have in real time.
 */
export async function advanceTo(target: Instant, options: AdvanceOptions): Promise<void> {
  const { dataSource, moveTo } = options;
  await drain(options);
  for (;;) {
    const next = await nextDue(dataSource, options.now(), target);
    await moveTo(next ?? target);
    await drain(options);
    if (next === undefined) return;
  }
}

/** Until nothing is due: what other workers hold is waited for, what is parked is left. */
async function drain({ dataSource, worker, now, caughtUp }: AdvanceOptions): Promise<void> {
  for (;;) {
    await caughtUp();
    if ((await timerStatus(dataSource, now())).due === 0) return;
    if ((await worker.drain()) === 0) await pause(10);
  }
}

async function nextDue(dataSource: DataSource, now: Instant, target: Instant): Promise<Instant | undefined> {
  const [row]: [{ next: Date | null }] = await dataSource.query(
    'SELECT min(due_at) AS next FROM views.deadlines WHERE due_at > $1 AND due_at <= $2',
    [now, target],
  );
  return row.next ? instantOfEpochMs(row.next.getTime()) : undefined;
}
