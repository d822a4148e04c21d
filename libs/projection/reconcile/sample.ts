import type { DataSource, QueryRunner } from 'typeorm';
import { decode, type Catalogue } from '#event-store/decode';
import type { Recorded } from '#kernel/recorded';
import type { Projection } from '../projection.js';
import { comparedTable, keyText, type ComparedTable } from './compared-table.js';
import { Excuses, type ReadStream } from './excuses.js';
import { foldInto } from './fold-into.js';
import { NaiveTable, type Key } from './naive-table.js';
import { TableReport } from './report.js';
import { inSnapshot, standings, type TableStanding } from './snapshot.js';

export interface Sampling {
  readonly dataSource: DataSource;
  readonly projections: readonly Projection[];
  readonly catalogue: Catalogue;
  readonly readStream: ReadStream;
  readonly readerGroup?: string;
  /** How many streams are looked at, at most. */
  readonly streams?: number;
  /** How many events all of them may have; a stream with more is never sampled. */
  readonly eventsMax?: number;
}

/**
 * Compares the rows that the events of some streams have touched, drawn at random, with a fresh fold of those streams alone.
 *
 * That says something only of rows that belong to one stream. A projection whose rows several streams meet in declares a key
 * to park by, and is left out here; where two streams of the sample meet all the same, nothing is said of that row.
 */
export async function reconcileSample(options: Sampling): Promise<readonly TableReport[]> {
  const { dataSource, catalogue, readStream } = options;
  const projections = options.projections.filter((each) => !('parkBy' in each));
  const tables = await Promise.all(projections.map((each) => comparedTable(dataSource, each)));
  return inSnapshot(dataSource, async (runner) => {
    const standing = await standings(runner, projections);
    const excuses = await Excuses.read(runner, projections, catalogue, readStream);
    const histories: Recorded[][] = [];
    for (const stream of await drawn(runner, options)) {
      const history: Recorded[] = [];
      for await (const raw of readStream(stream)) history.push(decode(catalogue, raw));
      histories.push(history);
    }
    const reports: TableReport[] = [];
    for (const table of tables) {
      const at = standing.get(table.projection.name);
      if (at) reports.push(await compareTouched(runner, table, at, histories, excuses));
    }
    return reports;
  });
}

/** Streams as the tables know them, drawn from a bounded part of the table however large it is. */
async function drawn(
  runner: QueryRunner,
  { readerGroup = 'projections', streams = 20, eventsMax = 1_000 }: Sampling,
): Promise<string[]> {
  const [size]: { share: number }[] = await runner.query(
    `SELECT least(100, 100 * 5000 / greatest(reltuples, 1)) AS share FROM pg_class WHERE oid = 'views.streams'::regclass`,
  );
  const found: { stream: string; events: string }[] = await runner.query(
    `SELECT stream, revision + 1 AS events FROM views.streams TABLESAMPLE SYSTEM ($1)
     WHERE reader_group = $2 AND revision < $3 ORDER BY random() LIMIT $4`,
    [size?.share ?? 100, readerGroup, eventsMax, streams],
  );
  let left = eventsMax;
  return found.filter(({ events }) => (left -= Number(events)) >= 0).map(({ stream }) => stream);
}

async function compareTouched(
  runner: QueryRunner,
  table: ComparedTable,
  { position }: TableStanding,
  histories: readonly Recorded[][],
  excuses: Excuses,
): Promise<TableReport> {
  const naive = new NaiveTable(table);
  const touched = new Map<string, { readonly key: Key; readonly stream: string }>();
  for (const event of histories.flat()) {
    const { projection } = table;
    if (event.position > position || projection.categories?.has(event.category) === false) continue;
    const excused = excuses.covers(projection, event);
    for (const change of foldInto(naive, event, excused)) {
      const key = naive.keyOf(change);
      const name = keyText(key);
      const before = touched.get(name);
      if (before && before.stream !== event.stream) naive.excuse(change);
      touched.set(name, { key, stream: event.stream });
    }
  }
  const report = new TableReport(table.projection.name, position, Number.POSITIVE_INFINITY);
  for (const row of await rowsAt(
    runner,
    table,
    [...touched.values()].map(({ key }) => key),
  ))
    report.compare(naive, table.read(row));
  report.finish(naive);
  return report;
}

async function rowsAt(
  runner: QueryRunner,
  { shape }: ComparedTable,
  keys: readonly Key[],
): Promise<Record<string, unknown>[]> {
  if (keys.length === 0) return [];
  const columns = shape.keys.map((_, i) => `k${i}`);
  const arrays = shape.keys.map(({ type }, i) => `$${i + 1}::${type}[]`);
  const same = shape.keys.map(({ name }, i) => `t.${name} = u.k${i}`);
  return runner.query(
    `SELECT t.* FROM ${shape.table} AS t JOIN unnest(${arrays.join(', ')}) AS u (${columns.join(', ')})
     ON ${same.join(' AND ')}`,
    shape.keys.map((_, i) => keys.map((key) => key[i])),
  );
}
