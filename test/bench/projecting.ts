import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import pino from 'pino';
import type { Catalogue } from '#event-store/decode';
import type { LogSource } from '#event-store/source';
import { openViews } from '#projection/open-views';
import type { Projection } from '#projection/projection';
import { runProjections } from '#projection/runner';
import type { Run } from './figure.js';

export interface Projecting {
  readonly databaseUrl: string;
  readonly projections: readonly Projection[];
  readonly migrations?: readonly (new () => object)[];
  readonly catalogue: Catalogue;
  readonly logId: string;
  readonly source: LogSource;
  /** The position of the log's last event. */
  readonly head: bigint;
  readonly tell?: (events: number) => void;
}

/** Projects a whole log into an empty database, from the first look at the log to the commit of its last event. */
export async function project(projecting: Projecting): Promise<Run> {
  const { projections, migrations = [], catalogue, logId, head } = projecting;
  const dataSource = await openViews(projecting.databaseUrl, projections, migrations);
  let startedAt = 0;
  let count = 0;
  let done: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => (done = resolve));
  const runner = runProjections({
    source: (from, options) => {
      startedAt ||= performance.now();
      return projecting.source(from, options);
    },
    dataSource,
    projections,
    catalogue,
    logId,
    verify: async () => true,
    eventAt: async () => undefined,
    log: pino({ level: 'silent' }),
    onBatch: ({ events, position }) => {
      count += events;
      projecting.tell?.(count);
      if (position >= head) done();
    },
  });
  try {
    await Promise.race([reached, runner.done]);
    const elapsedMs = performance.now() - startedAt;
    if (runner.status().failure) throw runner.status().failure;
    return { count, elapsedMs };
  } finally {
    await runner.stop();
    await dataSource.destroy();
  }
}

/** One number, asked of a database. */
export async function countIn(databaseUrl: string, sql: string): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(sql);
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}

const STALLED_MS = 60_000;

/** Waits until a count is there. Throws when it stands still for a minute. */
export async function becomes(
  target: number,
  count: () => Promise<number>,
  tell: (count: number) => void,
): Promise<void> {
  let last = -1;
  let changedAt = performance.now();
  for (;;) {
    const now = await count().catch(() => 0); // There is no table yet.
    if (now >= target) return;
    if (now !== last) {
      last = now;
      changedAt = performance.now();
      tell(now);
    } else if (performance.now() > changedAt + STALLED_MS) {
      throw new Error(`it stands still at ${now} of ${target}`);
    }
    await pause(500);
  }
}
