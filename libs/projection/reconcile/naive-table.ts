import { createHash } from 'node:crypto';
import type { RowChange } from '../change.js';
import { keyText, type ComparedTable, type Row } from './compared-table.js';

/** Part of the space of hashes of keys, from `from` to below `to`: the rows that one pass over the log deals with. */
export interface Range {
  readonly from: number;
  to: number;
}

export const HASHES = 2 ** 32;

/** The place of a key, of which the SQL is `hashOfKey`. */
const hashOf = (key: readonly (string | null)[]): number =>
  Number.parseInt(createHash('sha256').update(key.join(SEPARATOR)).digest('hex').slice(0, 8), 16);

const SEPARATOR = '\x1f';

/** The same hash by Postgres. Keys are of types whose text is canonical: ids, text, whole numbers, dates. */
export const hashOfKey = ({ keys }: ComparedTable): string => {
  const text = `concat_ws(E'\\x1f', ${keys.map(({ name }) => `${name}::text`).join(', ')})`;
  return `('x' || left(encode(sha256(convert_to(${text}, 'UTF8')), 'hex'), 8))::bit(32)::bigint`;
};

/** The key of a row that a change has touched, in canonical form. */
export type Key = readonly (string | null)[];

interface NaiveRow {
  readonly hash: number;
  readonly key: Key;
  row: Row;
}

/**
 * A table as plain reading of a projection's changes makes it: a map of rows, changed one event after the other. It is what
 * the engine's batches, patches and statements have to come to, and shares nothing with them.
 */
export class NaiveTable {
  readonly rows = new Map<string, NaiveRow>();
  /** Rows that are not compared, since the live table lacks events on purpose, with their hashes. */
  readonly excused = new Map<string, number>();

  constructor(
    readonly table: ComparedTable,
    private readonly range: Range = { from: 0, to: HASHES },
  ) {}

  get size(): number {
    return this.rows.size + this.excused.size;
  }

  /** Throws when the change does not fit the row that is there, or not. */
  apply(change: RowChange): void {
    const { key, hash, name } = this.placeOf(change);
    if (hash < this.range.from || hash >= this.range.to || this.excused.has(name)) return;
    const present = this.rows.get(name);
    if (change.change === 'remove') {
      this.rows.delete(name);
    } else if (change.change === 'insert') {
      if (present) throw new Error(`there is a row ${name} already`);
      this.rows.set(name, { hash, key, row: { ...(change.at as Row) } });
    } else if (change.change === 'set') {
      if (!present) throw new Error(`there is no row ${name}`);
      present.row = { ...present.row, ...change.to };
    } else {
      const row = present?.row ?? this.blank(change);
      this.rows.set(name, { hash, key, row: added(row, change.to as Row) });
    }
  }

  /** Takes a row out of the comparison. */
  excuse(change: RowChange): void {
    const { hash, name } = this.placeOf(change);
    if (hash < this.range.from || hash >= this.range.to) return;
    this.rows.delete(name);
    this.excused.set(name, hash);
  }

  /** Forgets what is no longer in the range. */
  narrow(): void {
    for (const [name, { hash }] of this.rows) if (hash >= this.range.to) this.rows.delete(name);
    for (const [name, hash] of this.excused) if (hash >= this.range.to) this.excused.delete(name);
  }

  keyOf({ change, at }: RowChange): Key {
    const { keys } = this.table;
    // A single key column is named by its value, several and a whole row by an object: `KeyOf`.
    const single = keys.length === 1 && change !== 'insert';
    return keys.map(({ property, canonical }) => canonical(single ? at : (at as Row)[property]));
  }

  private placeOf(change: RowChange): { key: Key; hash: number; name: string } {
    const key = this.keyOf(change);
    return { key, hash: hashOf(key), name: keyText(key) };
  }

  private blank({ at }: RowChange): Row {
    const { shape, keys } = this.table;
    const [only, ...others] = keys;
    const key = only && others.length === 0 ? { [only.property]: at } : (at as Row);
    return {
      ...Object.fromEntries(shape.columns.map(({ property, initial }) => [property, initial])),
      ...key,
    };
  }
}

function added(row: Row, amounts: Row): Row {
  const sums = Object.entries(amounts).map(([column, amount]) => {
    // What is added to holds numbers by its type, and so does the amount.
    const [a, b] = [row[column], amount] as [number | bigint, number | bigint];
    return [column, typeof a === 'number' && typeof b === 'number' ? a + b : BigInt(a) + BigInt(b)];
  });
  return { ...row, ...Object.fromEntries(sums) };
}
