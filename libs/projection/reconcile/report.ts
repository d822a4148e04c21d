import { keyText, type ComparedTable, type Row } from './compared-table.js';
import type { Key, NaiveTable } from './naive-table.js';

/** A row of a table that is not what a fresh fold of the log makes it. */
export interface Difference {
  readonly key: Key;
  /** `missing` from the table, `surplus` in it, or there with other values. */
  readonly is: 'missing' | 'surplus' | 'different';
  /** The columns that differ, with both values in canonical form. */
  readonly columns: readonly {
    readonly name: string;
    readonly folded: string | null;
    readonly found: string | null;
  }[];
}

/** What the comparison of one table came to. */
export class TableReport {
  /** How many rows were compared, those included that only one side has. */
  rows = 0;
  /** How many were left out, since events that touch them are parked or were skipped. */
  excused = 0;
  differences = 0;
  /** The first of them. */
  readonly listed: Difference[] = [];

  constructor(
    readonly projection: string,
    /** The table was compared as it stood here; undefined: it has not been built. */
    readonly position: bigint | undefined,
    private readonly listedMax: number,
  ) {}

  /** Compares a row of the table with the fold, and strikes it off there. */
  compare(folded: NaiveTable, found: Row): void {
    const { table } = folded;
    const key = table.keys.map(({ property, canonical }) => canonical(found[property]));
    const name = keyText(key);
    if (folded.excused.has(name)) return;
    this.rows++;
    const expected = folded.rows.get(name);
    folded.rows.delete(name);
    if (!expected) return this.add({ key, is: 'surplus', columns: [] });
    const columns = differing(table, expected.row, found);
    if (columns.length > 0) this.add({ key, is: 'different', columns });
  }

  /** What is still in the fold is not in the table. */
  finish(folded: NaiveTable): void {
    this.excused += folded.excused.size;
    for (const { key } of folded.rows.values()) {
      this.rows++;
      this.add({ key, is: 'missing', columns: [] });
    }
  }

  private add(difference: Difference): void {
    this.differences++;
    if (this.listed.length < this.listedMax) this.listed.push(difference);
  }
}

function differing({ columns }: ComparedTable, expected: Row, found: Row): Difference['columns'] {
  return columns.flatMap(({ property, canonical, name }) => {
    const [folded, stored] = [canonical(expected[property]), canonical(found[property])];
    return folded === stored ? [] : [{ name, folded, found: stored }];
  });
}
