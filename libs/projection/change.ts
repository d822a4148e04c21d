/** What a projection says is to be done to one row. Data only: who makes it cannot see the connection. */
export interface RowChange {
  readonly change: 'insert' | 'set' | 'add' | 'remove';
  /** The whole row of an insert, else its key: the value of a single key column, or an object of all of them. */
  readonly at: unknown;
  readonly to?: object;
}

/** A change to a row of `R` with the primary key columns `K`, so that the compiler keeps it out of other tables. */
export interface Change<in out R extends object, in out K extends keyof R> extends RowChange {
  /** Never there: it only ties the change's type to its table's. */
  readonly of?: Rows<R, K>;
}

export type Changes<R extends object, K extends keyof R> = Change<R, K> | readonly Change<R, K>[];

/** A single key column is named by its value, several by an object. */
export type KeyOf<R, K extends keyof R> = IsUnion<K> extends true ? Readonly<Pick<R, K>> : R[K];
type IsUnion<K, Whole = K> = K extends unknown ? ([Whole] extends [K] ? false : true) : never;

type Values<R, K extends keyof R> = { readonly [C in Exclude<keyof R, K>]?: R[C] };
type Amounts<R, K extends keyof R> = {
  readonly [C in Exclude<keyof R, K> as R[C] extends number | bigint ? C : never]?: R[C];
};

/** The rows of one projected table, and what can be done to them. */
export interface Rows<R extends object, K extends keyof R> {
  readonly entity: new () => R;
  readonly key: readonly K[];
  /** A new row, with every column. If there is one with its key, the table is damaged and the engine stops. */
  insert(row: Readonly<R>): Change<R, K>;
  /** New values in a row that is there. If it is not, the table is damaged and the engine stops. */
  set(key: KeyOf<R, K>, values: Values<R, K>): Change<R, K>;
  /** Adds to numbers. A row that is not there yet begins with its columns' defaults, if all of them have one. */
  add(key: KeyOf<R, K>, amounts: Amounts<R, K>): Change<R, K>;
  /** Takes a row away, if it is there. */
  remove(key: KeyOf<R, K>): Change<R, K>;
}

/** The rows of an entity, whose primary key columns are named once more for the compiler. */
export function rowsOf<R extends object, const K extends keyof R & string>(
  entity: new () => R,
  ...key: readonly K[]
): Rows<R, K> {
  return {
    entity,
    key,
    insert: (row) => ({ change: 'insert', at: row }),
    set: (at, values) => ({ change: 'set', at, to: values }),
    add: (at, amounts) => ({ change: 'add', at, to: amounts }),
    remove: (at) => ({ change: 'remove', at }),
  };
}

/** Says aloud that an event changes nothing in a table. */
export const ignore = (): [] => [];
