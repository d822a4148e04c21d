import pino from 'pino';
import type { DataSource } from 'typeorm';
import { eventTables } from '#contexts/events';
import { projections } from '#contexts/tables';
import { catalogueOf } from '#event-store/decode';
import { logEvents } from '#event-store/log-events';
import type { LogSource } from '#event-store/source';
import { runProjections } from '#projection/runner';
import { tableShape } from '#projection/table-shape';
import { waitForPosition } from '#projection/wait';

const TELL_MS = 1_000;

/** Builds every table from a log, up to this position of it. */
export async function buildTables(
  dataSource: DataSource,
  source: LogSource,
  logId: string,
  upTo: bigint,
): Promise<void> {
  const runner = runProjections({
    source,
    dataSource,
    projections,
    catalogue: catalogueOf([logEvents, ...eventTables]),
    logId,
    // The tables are new: they rest on nothing that would have to be there.
    verify: () => Promise.resolve(true),
    log: pino({ level: 'silent' }),
  });
  try {
    const names = projections.map(({ name }) => name);
    const options = { timeoutMs: TELL_MS };
    while ((await waitForPosition(dataSource, names, upTo, options)) !== 'reached') {
      const { failure, position } = runner.status();
      if (failure) throw failure;
      process.stderr.write(`building tables: at position ${position ?? 'none'} of ${upTo}\n`);
    }
  } finally {
    await runner.stop();
  }
}

/** What all rows of a table come to, whatever their order. */
export interface Sum {
  readonly rows: number;
  readonly sum: string;
}

/** By projection name; undefined for a table that does not reflect the log up to exactly this event. */
export type Sums = ReadonlyMap<string, Sum | undefined>;

/** Sums up every table as they were together at one moment. */
export function sumTables(dataSource: DataSource, lastEventId: string): Promise<Sums> {
  return dataSource.transaction('REPEATABLE READ', async (tables) => {
    await tables.query(`SET TRANSACTION READ ONLY`);
    await tables.query(`SET LOCAL timezone = 'UTC'`);
    const sums = new Map<string, Sum | undefined>(projections.map(({ name }) => [name, undefined]));
    const [found]: { there: boolean }[] = await tables.query(
      `SELECT to_regclass('views.checkpoints') IS NOT NULL AS there`,
    );
    if (!found?.there) return sums;
    for (const projection of projections) {
      const { name, version } = projection;
      const [standing]: { table: string }[] = await tables.query(
        'SELECT projected_table AS table FROM views.checkpoints WHERE name = $1 AND version = $2 AND event_id = $3',
        [name, version, lastEventId],
      );
      const { table } = await tableShape(dataSource, projection);
      const [sum]: Sum[] = standing ? await tables.query(sumOf(table)) : [];
      sums.set(name, sum);
    }
    return sums;
  });
}

/** Positions are left out: they differ from server to server. */
const sumOf = (table: string): string => `
  SELECT count(*)::int AS rows, coalesce(sum(('x' || left(md5(row::text), 15))::bit(60)::bigint), 0)::text AS sum
  FROM (SELECT (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(t)) WHERE key !~ '(^|_)position$') AS row
        FROM ${table} AS t) AS rows`;
