import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from } from 'pg-copy-streams';
import { TableFold, type FoldedRow } from '../fold.js';
import type { ColumnShape, TableShape } from '../table-shape.js';

/** The rows of a folded table that are only inserted, and whole; and the fold of all others. */
export function insertsOf(fold: TableFold): { inserts: FoldedRow[]; others: TableFold } {
  const inserts: FoldedRow[] = [];
  const others = new TableFold(fold.shape);
  for (const [key, row] of fold.rows) {
    if (row.becomes === 'row' && row.expects === 'absent') inserts.push(row);
    else others.rows.set(key, row);
  }
  return { inserts, others };
}

/** Copies whole rows into a table, in the transaction that the client is in. */
export async function copyInto(
  client: PoolClient,
  { table, columns }: TableShape,
  rows: readonly FoldedRow[],
): Promise<void> {
  const names = columns.map(({ name }) => name).join(', ');
  const copy = client.query(from(`COPY ${table} (${names}) FROM STDIN`));
  await pipeline(async function* () {
    yield copyText(columns, rows);
  }, copy);
}

/** Rows in COPY's text format: columns end with a tab, rows with a line feed. */
function copyText(columns: readonly ColumnShape[], rows: readonly FoldedRow[]): string {
  let text = '';
  for (const { values } of rows) {
    let separator = '';
    for (const column of columns) {
      text += separator + field(column, values[column.property]);
      separator = '\t';
    }
    text += '\n';
  }
  return text;
}

function field({ text }: ColumnShape, value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  const plain = text(value);
  return special.test(plain) ? plain.replace(specials, (found) => escapes[found] ?? found) : plain;
}
const special = /[\\\t\n\r]/;
const specials = /[\\\t\n\r]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
