import pino from 'pino';
import type { DataSource } from 'typeorm';
import { eventTables } from '#contexts/events';
import { projections } from '#contexts/tables';
import { catalogueOf } from '#event-store/decode';
import { logEvents } from '#event-store/log-events';
import type { LogSource, RawEvent } from '#event-store/source';
import { inSnapshot } from '#projection/reconcile/snapshot';
import { tableDigest, type TableDigest } from '#projection/reconcile/table-digest';
import { runProjections } from '#projection/runner';
import { tableShape } from '#projection/table-shape';
import { hasViews } from '#projection/views';
import { waitForPosition } from '#projection/wait';

const TELL_MS = 1_000;

/** A log that tables can be built from. */
export interface Buildable {
  readonly source: LogSource;
  readonly eventAt: (position: bigint) => Promise<RawEvent | undefined>;
  readonly logId: string;
}

/** Builds every table from a log, up to this position of it. */
export async function buildTables(dataSource: DataSource, from: Buildable, upTo: bigint): Promise<void> {
  const runner = runProjections({
    ...from,
    dataSource,
    projections,
    catalogue: catalogueOf([logEvents, ...eventTables]),
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

/** By projection name; undefined for a table that does not reflect the log up to exactly this event. */
export type Digests = ReadonlyMap<string, TableDigest | undefined>;

/** What every table holds, all of them as they were at one moment. Positions are left out: they differ from server to server. */
export function digestTables(dataSource: DataSource, lastEventId: string): Promise<Digests> {
  return inSnapshot(dataSource, async (tables) => {
    const digests = new Map<string, TableDigest | undefined>(
      projections.map(({ name }) => [name, undefined]),
    );
    if (!(await hasViews(tables))) return digests;
    for (const projection of projections) {
      const { name, version } = projection;
      const standing: unknown[] = await tables.query(
        'SELECT 1 FROM views.checkpoints WHERE name = $1 AND version = $2 AND event_id = $3',
        [name, version, lastEventId],
      );
      if (standing.length === 0) continue;
      const { table, columns } = await tableShape(dataSource, projection);
      const compared = columns.filter(({ property }) => !/position$/i.test(property));
      digests.set(name, await tableDigest(tables, { table, columns: compared }));
    }
    return digests;
  });
}
