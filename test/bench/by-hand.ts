import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { RawEvent } from '#event-store/source';
import { openViews } from '#projection/open-views';
import type { Projection } from '#projection/projection';
import { tableShape, type TableShape } from '#projection/table-shape';
import type { MemoryLog } from '../support/memory-log.js';
import type { Run } from './figure.js';
import { batches } from './memory-source.js';

const BATCH = 5_000;

/** A row of a table as COPY takes it. */
export type CopyLine = (event: RawEvent) => string;

/** Values in the order of the table's columns; null is `\N`. */
export const copyLine = (values: readonly (string | number | bigint | null | undefined)[]): string =>
  `${values.map((value) => (value === null || value === undefined ? '\\N' : escaped(String(value)))).join('\t')}\n`;

const escaped = (text: string): string =>
  /[\\\t\n\r]/.test(text)
    ? text.replace(/[\\\t\n\r]/g, (c) => ({ '\t': '\\t', '\n': '\\n', '\r': '\\r' })[c] ?? '\\\\')
    : text;

/** One connection with a projection's own table, as the engine would have made it, and a checkpoint. */
async function withTable<T>(
  databaseUrl: string,
  projection: Projection,
  indexed: boolean,
  work: (client: pg.Client, shape: TableShape) => Promise<T>,
): Promise<T> {
  const dataSource = await openViews(databaseUrl, [projection], []);
  const shape = await tableShape(dataSource, projection).finally(() => dataSource.destroy());
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await client.query('CREATE SCHEMA views; SET synchronous_commit = off');
    for (const statement of shape.ddl) await client.query(statement);
    if (!indexed) await dropIndexes(client, shape);
    await client.query(
      'CREATE TABLE views.checkpoint (position bigint); INSERT INTO views.checkpoint VALUES (0)',
    );
    return await work(client, shape);
  } finally {
    await client.end();
  }
}

async function dropIndexes(client: pg.Client, { table }: TableShape): Promise<void> {
  await client.query(
    `CREATE TABLE views.bare (LIKE ${table}); DROP TABLE ${table}; ALTER TABLE views.bare RENAME TO ${table.split('.')[1]}`,
  );
}

const moveCheckpoint = 'UPDATE views.checkpoint SET position = $1';

/** One row per event: each batch is one COPY and one checkpoint in one transaction. */
export function copyByHand(
  databaseUrl: string,
  projection: Projection,
  log: MemoryLog,
  line: CopyLine,
  { indexed, batch = BATCH }: { readonly indexed: boolean; readonly batch?: number },
): Promise<Run> {
  return withTable(databaseUrl, projection, indexed, async (client, { table, columns }) => {
    const names = columns.map(({ name }) => name).join(', ');
    const startedAt = performance.now();
    for (const events of batches(log, batch)) {
      await client.query('BEGIN');
      const copy = client.query(copyFrom(`COPY ${table} (${names}) FROM STDIN`));
      await pipeline(Readable.from([events.map(line).join('')]), copy);
      await client.query(moveCheckpoint, [events.at(-1)?.position]);
      await client.query('COMMIT');
    }
    return { count: log.events.length, elapsedMs: performance.now() - startedAt };
  });
}

interface Payment {
  readonly amountFen: number;
  readonly day: string;
}

/** Payments summed in a Map by account and day: each batch is one upsert and one checkpoint in one statement. */
export function foldByHand(databaseUrl: string, projection: Projection, log: MemoryLog): Promise<Run> {
  return withTable(databaseUrl, projection, true, async (client, { table }) => {
    const sql = `WITH moved AS (${moveCheckpoint})
      INSERT INTO ${table} AS t (id, day, payments, paid_fen)
      SELECT * FROM unnest($2::uuid[], $3::date[], $4::int[], $5::bigint[])
      ON CONFLICT (id, day) DO UPDATE SET payments = t.payments + EXCLUDED.payments, paid_fen = t.paid_fen + EXCLUDED.paid_fen`;
    const startedAt = performance.now();
    for (const events of batches(log, BATCH)) {
      const rows = foldPayments(events);
      const column = <T>(pick: (row: Sum) => T) => rows.map(pick);
      await client.query(sql, [
        events.at(-1)?.position,
        column(({ id }) => id),
        column(({ day }) => day),
        column(({ payments }) => payments),
        column(({ paidFen }) => paidFen),
      ]);
    }
    return { count: log.events.length, elapsedMs: performance.now() - startedAt };
  });
}

interface Sum {
  readonly id: string;
  readonly day: string;
  payments: number;
  paidFen: number;
}

function foldPayments(events: readonly RawEvent[]): Sum[] {
  const sums = new Map<string, Sum>();
  for (const { stream, data } of events) {
    const { amountFen, day } = data as Payment; // Made by `payments`.
    const id = stream.slice('account-'.length);
    const key = `${id} ${day}`;
    const sum = sums.get(key) ?? { id, day, payments: 0, paidFen: 0 };
    sum.payments += 1;
    sum.paidFen += amountFen;
    sums.set(key, sum);
  }
  return [...sums.values()];
}
