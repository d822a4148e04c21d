import { plainText, quotedText } from './array-literal.js';
import type { FoldedBatch } from './engine.js';
import { Parameters, Source } from './parameters.js';
import type { TableFold } from './fold.js';
import { parkedParts } from './parked-parts.js';
import { tableParts, type Part } from './table-parts.js';
import type { nextSchema, viewsSchema } from './table-shape.js';

/** Whose batches a statement may write. */
export interface Tenure {
  readonly readerGroup: string;
  readonly epoch: bigint;
  readonly logId: string;
  /** Where the checkpoints of its tables are: with the live ones, or with those that are being built. */
  readonly schema: typeof viewsSchema | typeof nextSchema;
}

/** What `views.expect` says when another runner has moved the reader or a checkpoint. */
export const fence = 'fence';

export interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/**
 * A whole batch as one statement, and so as one transaction in one round trip: the rows of all tables, what is parked, the last
 * revisions of its streams, the checkpoints, and the fence that takes everything back unless this runner is still the one that
 * reads.
 *
 * The commit is asynchronous: rows and checkpoint are lost together when the database dies, and the log has them both. What is
 * parked has been reported to people, so that such a batch is waited for.
 */
export function batchStatement(batch: FoldedBatch, tenure: Tenure): Statement {
  const parameters = new Parameters();
  const parts = [
    { name: fence, ...readerPart(batch, tenure, parameters) },
    { name: fence, ...checkpointsPart(batch, tenure, parameters) },
    ...streamParts(batch, tenure, parameters).map((part) => ({ name: 'streams', ...part })),
    ...parkedParts(batch.parkings, parameters).map((part) => ({ name: 'parked', ...part })),
    ...batch.tables.flatMap((fold) => namedParts(fold, parameters)),
  ];
  const settings = batch.parkings.length > 0 ? [] : [`set_config('synchronous_commit', 'off', true)`];
  return statementOf(parts, settings, parameters);
}

/** The rows of one table alone, for asking Postgres whether it takes them. */
export function tableStatement(fold: TableFold): Statement {
  const parameters = new Parameters();
  return statementOf(namedParts(fold, parameters), [], parameters);
}

interface NamedPart extends Part {
  readonly name: string;
}

const namedParts = (fold: TableFold, parameters: Parameters): NamedPart[] =>
  tableParts(fold, parameters).map((part) => ({ name: fold.shape.projection.name, ...part }));

function statementOf(
  parts: readonly NamedPart[],
  settings: readonly string[],
  parameters: Parameters,
): Statement {
  const withs = parts.map(({ sql }, i) => `p${i} AS (${sql})`);
  const expectations = parts.flatMap(({ name, must }, i) =>
    must === undefined
      ? []
      : [`views.expect(${parameters.add(name, 'text')}, (SELECT count(*) FROM p${i} WHERE must), ${must})`],
  );
  const text = `${withs.length > 0 ? 'WITH ' : ''}${withs.join(',\n')}\nSELECT ${[...settings, ...expectations].join(', ')}`;
  return { text, values: parameters.values };
}

function readerPart({ readFrom, to, events }: FoldedBatch, tenure: Tenure, parameters: Parameters): Part {
  const { readerGroup, epoch, logId } = tenure;
  const sql = `UPDATE views.readers SET heartbeat_at = now(), events = events + ${events.length}, log_id = ${parameters.add(logId, 'text')},
    position = ${parameters.add(to.position, 'bigint')},
    event_position = ${parameters.add(to.eventPosition, 'bigint')}, event_id = ${parameters.add(to.eventId, 'text')}
    WHERE reader_group = ${parameters.add(readerGroup, 'text')} AND epoch = ${parameters.add(epoch, 'bigint')}
    AND position IS NOT DISTINCT FROM ${parameters.add(readFrom, 'bigint')} RETURNING true AS must`;
  return { sql, must: 1 };
}

function checkpointsPart(
  { moves, to }: FoldedBatch,
  { logId, schema }: Tenure,
  parameters: Parameters,
): Part {
  const source = new Source(parameters)
    .column(
      'name',
      'text',
      moves.map(({ shape }) => shape.projection.name),
      quotedText,
    )
    .column(
      'version',
      'integer',
      moves.map(({ shape }) => shape.projection.version),
      plainText,
    )
    .column(
      'old',
      'bigint',
      moves.map(({ from }) => from),
      plainText,
    );
  const sql = `UPDATE ${schema}.checkpoints AS c SET log_id = ${parameters.add(logId, 'text')},
    position = ${parameters.add(to.position, 'bigint')},
    event_position = ${parameters.add(to.eventPosition, 'bigint')}, event_id = ${parameters.add(to.eventId, 'text')},
    event_at = ${parameters.add(to.eventAt, 'timestamptz')} FROM ${source.sql}
    WHERE c.name = u.name AND c.version = u.version AND c.position IS NOT DISTINCT FROM u.old RETURNING true AS must`;
  return { sql, must: moves.length };
}

function streamParts({ streams }: FoldedBatch, { readerGroup }: Tenure, parameters: Parameters): Part[] {
  const parts: Part[] = [];
  if (streams.begun.size + streams.moved.size === 0) return parts;
  const source = (revisions: ReadonlyMap<string, bigint>) =>
    new Source(parameters)
      .column('stream', 'text', [...revisions.keys()], quotedText)
      .column('revision', 'bigint', [...revisions.values()], plainText);
  const group = parameters.add(readerGroup, 'text');
  if (streams.begun.size > 0) {
    const from = source(streams.begun).sql;
    parts.push({ sql: `INSERT INTO views.streams SELECT ${group}, u.stream, u.revision FROM ${from}` });
  }
  if (streams.moved.size > 0) {
    const sql = `UPDATE views.streams AS s SET revision = u.revision FROM ${source(streams.moved).sql}
      WHERE s.reader_group = ${group} AND s.stream = u.stream RETURNING true AS must`;
    parts.push({ sql, must: streams.moved.size });
  }
  return parts;
}
