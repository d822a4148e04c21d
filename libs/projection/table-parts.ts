import { plainText } from './array-literal.js';
import { sum, type FoldedRow, type TableFold } from './fold.js';
import { Source, type Parameters } from './parameters.js';
import { sent, type ColumnShape, type TableShape } from './table-shape.js';
import { updateSets } from './update-sets.js';

/** One part of the statement that writes a batch. */
export interface Part {
  readonly sql: string;
  /** How many rows it returns as `must` that had to be there; undefined when it asks nothing. */
  readonly must?: number;
}

/**
 * Writes a table's folded rows in at most five set-based parts, however many rows there are.
 *
 * NOTE: every part sees the table as it was before the statement, and each row is in one part only. The exception is a row
 * that begins with an addition: it is created where it is absent, and updated where it was there before.
 */
export function tableParts(fold: TableFold, parameters: Parameters): Part[] {
  const { shape } = fold;
  const { inserted, replaced, created, patched, removed } = sorted(fold.rows.values());
  const parts: Part[] = [];
  const into = (rows: readonly FoldedRow[], onConflict: string) => {
    if (rows.length > 0) parts.push({ sql: insertInto(shape, rows, parameters) + onConflict });
  };
  into(inserted, '');
  into(replaced, orOverwrite(shape));
  into(
    created.map((row) => begun(fold, row)),
    ' ON CONFLICT DO NOTHING',
  );
  if (patched.length > 0) parts.push(update(shape, patched, parameters));
  if (removed.length > 0) parts.push(deleteFrom(shape, removed, parameters));
  return parts;
}

function sorted(
  rows: Iterable<FoldedRow>,
): Record<'inserted' | 'replaced' | 'created' | 'patched' | 'removed', FoldedRow[]> {
  const to = { inserted: [], replaced: [], created: [], patched: [], removed: [] } as ReturnType<
    typeof sorted
  >;
  for (const row of rows) {
    if (row.becomes === 'gone') {
      if (row.expects !== 'absent') to.removed.push(row);
    } else if (row.becomes === 'row' && row.expects === 'absent') {
      to.inserted.push(row);
    } else if (row.becomes === 'row' && row.expects === 'either') {
      to.replaced.push(row);
    } else {
      // A row that was there, went and came again is an update of all its columns, since it had to be there.
      to.patched.push(row);
      if (row.expects === 'either') to.created.push(row);
    }
  }
  return to;
}

/** The row that a patch creates where there is none. */
function begun(fold: TableFold, row: FoldedRow): FoldedRow {
  const values = { ...fold.initialRow(row), ...row.values };
  for (const [column, amount] of Object.entries(row.amounts)) {
    // A column that is added to holds numbers by its type, and so does its default.
    values[column] = sum(values[column] as number | bigint, amount);
  }
  return { ...row, values };
}

const listOf = (columns: readonly ColumnShape[]): string => columns.map(({ name }) => name).join(', ');

function insertInto(
  { table, columns }: TableShape,
  rows: readonly FoldedRow[],
  parameters: Parameters,
): string {
  const source = new Source(parameters);
  for (const { name, type, encode, property } of columns) {
    source.column(
      name,
      type,
      rows.map((row) => row.values[property]),
      encode,
    );
  }
  return `INSERT INTO ${table} (${listOf(columns)}) SELECT ${columns.map(sent).join(', ')} FROM ${source.sql}`;
}

function orOverwrite({ columns, keys }: TableShape): string {
  const others = columns.filter((column) => !keys.includes(column));
  const sets = others.map(({ name }) => `${name} = EXCLUDED.${name}`).join(', ');
  return ` ON CONFLICT (${listOf(keys)}) DO ${sets ? `UPDATE SET ${sets}` : 'NOTHING'}`;
}

function update(shape: TableShape, rows: readonly FoldedRow[], parameters: Parameters): Part {
  const source = keySource(shape, rows, parameters);
  const sets = updateSets(shape, rows, source);
  const sql = `UPDATE ${shape.table} AS t SET ${sets} FROM ${source.sql} WHERE ${sameKey(shape)} RETURNING u.must`;
  return { sql, must: mustCount(rows) };
}

function deleteFrom(shape: TableShape, rows: readonly FoldedRow[], parameters: Parameters): Part {
  const source = keySource(shape, rows, parameters);
  const sql = `DELETE FROM ${shape.table} AS t USING ${source.sql} WHERE ${sameKey(shape)} RETURNING u.must`;
  return { sql, must: mustCount(rows) };
}

/** The rows' keys, and whether each row must be there. */
function keySource({ keys }: TableShape, rows: readonly FoldedRow[], parameters: Parameters): Source {
  const source = new Source(parameters);
  keys.forEach(({ name, type, encode }, part) => {
    source.column(
      name,
      type,
      rows.map((row) => row.key[part]),
      encode,
    );
  });
  return source.column('must', 'boolean', rows.map(mustBeThere), plainText);
}

const mustBeThere = (row: FoldedRow): boolean => row.expects === 'present';
const mustCount = (rows: readonly FoldedRow[]): number => rows.filter(mustBeThere).length;
export const sameKey = ({ keys }: TableShape): string =>
  keys.map(({ name }) => `t.${name} = u.${name}`).join(' AND ');
