import type { RowChange } from './change.js';
import { Damage } from './errors.js';
import type { ColumnShape, TableShape } from './table-shape.js';

export type Values = Record<string, unknown>;
type Amount = number | bigint;

/** Where a change came from. */
export interface Origin {
  readonly position: bigint;
  readonly eventId: string;
  readonly type: string;
}

/** The changes of one event. */
export interface Step {
  readonly changes: readonly RowChange[];
  readonly origin: Origin;
}

/** All that a batch does to one row. */
export interface FoldedRow {
  readonly key: readonly unknown[];
  /** The first event of the batch that touched it. */
  readonly origin: Origin;
  /** What the first change needs the table to hold. */
  readonly expects: 'absent' | 'present' | 'either';
  /** A whole row, values and amounts for some columns of it, or no row. */
  becomes: 'row' | 'patch' | 'gone';
  values: Values;
  /** False while `values` is the object of the projection's function, which may hand out the same one again. */
  isOwn: boolean;
  /** What a patch adds, by column; never a column that is in `values`. */
  amounts: Record<string, Amount>;
}

const expectation = { insert: 'absent', set: 'present', add: 'either', remove: 'either' } as const;

const hasStart = ({ columns, keys }: TableShape): boolean =>
  columns.every((column) => column.initial !== undefined || keys.includes(column));

/** Folds the changes of a batch to one table, row by row and in their order, so that each row is written once. */
export class TableFold {
  readonly rows = new Map<unknown, FoldedRow>();
  /** What was applied event by event, for finding the one whose rows Postgres refuses. */
  readonly steps: Step[] = [];
  /** An addition cannot begin a row of which some column has no default: there has to be one. */
  private readonly beginsByAdding: boolean;

  constructor(readonly shape: TableShape) {
    this.beginsByAdding = hasStart(shape);
  }

  /** Throws Damage as `apply` does, having applied some of the changes: the fold is then to be thrown away. */
  take(step: Step): void {
    if (step.changes.length > 0) this.steps.push(step);
    for (const change of step.changes) this.apply(change, step.origin);
  }

  /** The fold as it was after its first `count` steps. */
  upTo(count: number): TableFold {
    const fold = new TableFold(this.shape);
    for (const step of this.steps.slice(0, count)) fold.take(step);
    return fold;
  }

  /** Throws Damage when the change cannot follow on what the batch did to the row before. */
  apply(change: RowChange, origin: Origin): void {
    const key = this.keyOf(change);
    const name = key.length === 1 ? key[0] : key.join('\0');
    const row = this.rows.get(name);
    const folded = row ?? this.begin(key, change, origin);
    if (!row) this.rows.set(name, folded);
    const there = row ? row.becomes !== 'gone' : undefined;
    const to = (change.to ?? {}) as Values;
    if (change.change === 'insert') {
      if (there) throw this.damage(key, origin, 'there is such a row already');
      become(folded, 'row', change.at as Values);
    } else if (change.change === 'set') {
      if (there === false) throw this.damage(key, origin, 'there is no such row');
      assign(folded, to);
    } else if (change.change === 'add') {
      if (there === false) become(folded, 'row', this.initialRow(folded));
      increase(folded, to as Record<string, Amount>);
    } else {
      become(folded, 'gone', {});
    }
  }

  /** A row that begins with an addition: every column has its default. */
  initialRow({ key, origin }: FoldedRow): Values {
    const { columns, keys } = this.shape;
    const row: Values = {};
    for (const column of columns) {
      const part = keys.indexOf(column);
      row[column.property] = part >= 0 ? key[part] : column.initial;
      if (row[column.property] === undefined) {
        throw this.damage(key, origin, `${column.property} has no default to begin with`);
      }
    }
    return row;
  }

  private begin(key: readonly unknown[], { change }: RowChange, origin: Origin): FoldedRow {
    const expects = change === 'add' && !this.beginsByAdding ? 'present' : expectation[change];
    return { key, origin, expects, becomes: 'patch', values: {}, isOwn: true, amounts: {} };
  }

  private keyOf({ change, at }: RowChange): readonly unknown[] {
    const { keys } = this.shape;
    if (keys.length === 1 && change !== 'insert') return [at];
    return keys.map((column: ColumnShape) => (at as Values)[column.property]);
  }

  private damage(key: readonly unknown[], { position }: Origin, what: string): Damage {
    return new Damage(this.shape.table, key, position, what);
  }
}

function become(row: FoldedRow, becomes: 'row' | 'gone', values: Values): void {
  row.becomes = becomes;
  row.values = values;
  row.isOwn = false;
  row.amounts = {};
}

function own(row: FoldedRow): Values {
  if (!row.isOwn) row.values = { ...row.values };
  row.isOwn = true;
  return row.values;
}

function assign(row: FoldedRow, values: Values): void {
  Object.assign(own(row), values);
  for (const column of Object.keys(values)) delete row.amounts[column];
}

function increase(row: FoldedRow, amounts: Readonly<Record<string, Amount>>): void {
  const values = own(row);
  for (const [column, amount] of Object.entries(amounts)) {
    if (column in values) values[column] = sum(values[column] as Amount, amount);
    else row.amounts[column] = sum(row.amounts[column], amount);
  }
}

/** The sum of two amounts of one column: by its type both are numbers or both are bigints. */
export function sum(a: Amount | undefined, b: Amount): Amount {
  if (a === undefined) return b;
  return typeof a === 'bigint' || typeof b === 'bigint' ? BigInt(a) + BigInt(b) : a + b;
}
