import { plainText } from './array-literal.js';
import type { FoldedRow } from './fold.js';
import type { Source } from './parameters.js';
import { sent, type ColumnShape, type TableShape } from './table-shape.js';

/** Whether a patch sets a column, adds to it, or leaves it alone. */
type Mode = 'set' | 'add' | 'keep';

/** The SET list of an update: only the columns that some row touches, each row only those that it touches itself. */
export function updateSets(shape: TableShape, rows: readonly FoldedRow[], source: Source): string {
  const sets: string[] = [];
  for (const column of shape.columns) {
    if (shape.keys.includes(column)) continue;
    const modes = rows.map((row) => modeOf(row, column.property));
    const kinds = new Set(modes);
    if (kinds.size === 1 && kinds.has('keep')) continue;
    const { name, type, encode, property } = column;
    source.column(
      name,
      type,
      rows.map((row) => row.amounts[property] ?? row.values[property]),
      encode,
    );
    const mode = `m${sets.length}`;
    // Rows that all do the same to a column need not say so row by row.
    if (kinds.size > 1) source.column(mode, 'text', modes, plainText);
    sets.push(`${name} = ${newValue(column, kinds, mode)}`);
  }
  // A patch without a column still asks that its row be there.
  return sets.join(', ') || shape.keys.map(({ name }) => `${name} = t.${name}`).join(', ');
}

function modeOf(row: FoldedRow, property: string): Mode {
  if (property in row.amounts) return 'add';
  return property in row.values ? 'set' : 'keep';
}

function newValue(column: ColumnShape, kinds: ReadonlySet<Mode>, mode: string): string {
  const added = `t.${column.name} + ${sent(column)}`;
  if (kinds.size === 1) return kinds.has('add') ? added : sent(column);
  const whenSet = kinds.has('set') ? ` WHEN 'set' THEN ${sent(column)}` : '';
  const whenAdded = kinds.has('add') ? ` WHEN 'add' THEN ${added}` : '';
  return `CASE u.${mode}${whenSet}${whenAdded} ELSE t.${column.name} END`;
}
