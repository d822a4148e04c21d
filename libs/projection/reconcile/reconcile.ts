import type { DataSource, QueryRunner } from 'typeorm';
import { categoryOf, decode, type Catalogue } from '#event-store/decode';
import type { LogSource, RawEvent } from '#event-store/source';
import type { Recorded } from '#kernel/recorded';
import { ofThisLog } from '../log-watch.js';
import type { Projection } from '../projection.js';
import { comparedTable } from './compared-table.js';
import { Excuses, type ReadStream } from './excuses.js';
import { foldInto } from './fold-into.js';
import { hashOfKey, HASHES, NaiveTable, type Range } from './naive-table.js';
import { TableReport } from './report.js';
import { inSnapshot, standings } from './snapshot.js';

/** How many rows a pass over the log keeps in memory: some hundred megabytes at the most. */
const ROWS_MAX = 200_000;
const FETCHED_ROWS = 2_000;
const BATCH_EVENTS = 2_000;

export interface Reconciling {
  readonly dataSource: DataSource;
  readonly projections: readonly Projection[];
  readonly catalogue: Catalogue;
  readonly source: LogSource;
  readonly readStream: ReadStream;
  readonly logId: string;
  /** Whether exactly this event is at this position of the log. */
  readonly verify: (position: bigint, eventId: string) => Promise<boolean>;
  readonly rowsMax?: number;
  /** How many differences of a table are listed; all are counted. */
  readonly listedMax?: number;
  /** `done` is the share of all rows that have been compared, before the present pass over the log. */
  readonly onProgress?: (progress: { readonly done: number; readonly events: number }) => void;
}

interface Compared {
  readonly naive: NaiveTable;
  readonly report: TableReport;
  readonly upTo: bigint;
}

/**
 * Folds the log afresh, event by event, and compares every row of the tables with what comes of it, at the very position
 * that each table stands at. The tables may be written meanwhile. As many passes are made over the log as it takes to keep
 * at most `rowsMax` rows in memory.
 * @throws RebuildNeeded when the tables come from another log; Error when an event does not fit and is not parked
 */
export async function reconcile(options: Reconciling): Promise<readonly TableReport[]> {
  const { dataSource, projections, catalogue, readStream, logId, verify, listedMax = 20 } = options;
  const tables = await Promise.all(projections.map((each) => comparedTable(dataSource, each)));
  await ofThisLog(
    dataSource,
    projections.map(({ name }) => name),
    logId,
    verify,
  );
  return inSnapshot(dataSource, async (runner) => {
    const standing = await standings(runner, projections);
    const excuses = await Excuses.read(runner, projections, catalogue, readStream);
    const reports = tables.map(
      ({ projection: { name } }) => new TableReport(name, standing.get(name)?.position, listedMax),
    );
    for (let from = 0, width = HASHES; from < HASHES; from += width) {
      const range = { from, to: Math.min(from + width, HASHES) };
      const compared = tables.flatMap((table, i): Compared[] => {
        const upTo = standing.get(table.projection.name)?.eventPosition;
        const report = reports[i];
        return upTo === undefined || !report ? [] : [{ naive: new NaiveTable(table, range), report, upTo }];
      });
      await foldLog(compared, range, excuses, options);
      for (const { naive, report } of compared) await compareRows(runner, naive, range, report);
      width = range.to - range.from;
    }
    return reports;
  });
}

async function foldLog(
  compared: readonly Compared[],
  range: Range,
  excuses: Excuses,
  { source, catalogue, onProgress, rowsMax = ROWS_MAX }: Reconciling,
): Promise<void> {
  const last = compared.reduce((most, { upTo }) => (upTo > most ? upTo : most), -1n);
  if (last < 0n) return;
  const stopping = new AbortController();
  let events = 0;
  for await (const batch of source(undefined, { signal: stopping.signal, batchMax: BATCH_EVENTS })) {
    for (const raw of batch.events) {
      if (raw.position <= last) foldEvent(raw, compared, excuses, catalogue);
    }
    shrink(compared, range, rowsMax);
    events += batch.events.length;
    onProgress?.({ done: range.from / HASHES, events });
    if (batch.position >= last) break;
  }
  stopping.abort();
}

function foldEvent(
  raw: RawEvent,
  compared: readonly Compared[],
  excuses: Excuses,
  catalogue: Catalogue,
): void {
  let event: Recorded | undefined;
  for (const { naive, upTo } of compared) {
    const { projection } = naive.table;
    if (raw.position > upTo || projection.categories?.has(categoryOf(raw.stream)) === false) continue;
    event ??= decode(catalogue, raw);
    foldInto(naive, event, excuses.covers(projection, event));
  }
}

/** Leaves half of the keys to another pass while there are too many rows. */
function shrink(compared: readonly Compared[], range: Range, rowsMax: number): void {
  const size = () => compared.reduce((sum, { naive }) => sum + naive.size, 0);
  while (size() > rowsMax && range.to - range.from > 1) {
    range.to = range.from + Math.ceil((range.to - range.from) / 2);
    for (const { naive } of compared) naive.narrow();
  }
}

async function compareRows(
  runner: QueryRunner,
  naive: NaiveTable,
  range: Range,
  report: TableReport,
): Promise<void> {
  const { table } = naive;
  const hash = hashOfKey(table);
  await runner.query(
    `DECLARE compared NO SCROLL CURSOR FOR SELECT * FROM ${table.shape.table}
     WHERE ${hash} >= ${range.from} AND ${hash} < ${range.to}`,
  );
  for (;;) {
    const rows: Record<string, unknown>[] = await runner.query(`FETCH ${FETCHED_ROWS} FROM compared`);
    for (const row of rows) report.compare(naive, table.read(row));
    if (rows.length < FETCHED_ROWS) break;
  }
  await runner.query('CLOSE compared');
  report.finish(naive);
}
