import type { DataIn, EventTable, NameIn } from '#kernel/message';
import type { Recorded } from '#kernel/recorded';
import type { Changes, RowChange, Rows } from './change.js';

/** A projection, its types forgotten: what the engine runs. */
export interface Projection {
  readonly name: string;
  /** Raised whenever the functions change their meaning: the table is then built again beside the live one. */
  readonly version: number;
  readonly entity: new () => object;
  readonly key: readonly string[];
  /** The categories whose events it sees; undefined for all of them. */
  readonly categories: ReadonlySet<string> | undefined;
  /** The key that is parked with an event that cannot be applied; absent: its stream. */
  readonly parkBy?: (event: Recorded) => string;
  apply(event: Recorded): readonly RowChange[];
}

interface Described<R extends object, K extends keyof R & string> {
  readonly name: string;
  readonly version: number;
  /** Of a TypeORM entity in schema `views`, with a comment on the table and on each column. */
  readonly rows: Rows<R, K>;
  /**
   * The key that is parked with an event that cannot be applied, and that its later events follow it by. Declare it where
   * the events of several streams meet in a row. At most 250 characters; absent: the event's stream.
   */
  readonly parkBy?: (event: Recorded) => string;
}

/** Event -> row changes, for every event of some contexts: each is named, or said aloud to be `ignore`. */
export type On<T extends EventTable, R extends object, K extends keyof R> = {
  readonly [N in NameIn<T>]: (event: Recorded<DataIn<T, N>>) => Changes<R, K>;
};

/** A table made from the events of the contexts that it names. */
export function projection<
  R extends object,
  const K extends keyof R & string,
  const T extends readonly EventTable[],
>(described: Described<R, K> & { readonly events: T; readonly on: On<T[number], R, K> }): Projection {
  const { name, version, rows, events, on, parkBy } = described;
  // Each function takes the data of the very event that it is looked up by; the type of the lookup cannot say so.
  const functions = new Map(Object.entries(on) as [string, (event: Recorded) => Changes<R, K>][]);
  return {
    name,
    version,
    entity: rows.entity,
    key: rows.key,
    categories: new Set(events.map((table) => table.category)),
    ...(parkBy && { parkBy }),
    apply: (event) => {
      const change = functions.get(event.type);
      if (!change) throw new Error(`${name} does not name ${event.type}`);
      return asList(change(event));
    },
  };
}

/** A table made from all events of all contexts. */
export function projectionOfAll<R extends object, const K extends keyof R & string>(
  described: Described<R, K> & { readonly every: (event: Recorded) => Changes<R, K> },
): Projection {
  const { name, version, rows, every, parkBy } = described;
  return {
    name,
    version,
    entity: rows.entity,
    key: rows.key,
    categories: undefined,
    ...(parkBy && { parkBy }),
    apply: (event) => asList(every(event)),
  };
}

const asList = (changes: RowChange | readonly RowChange[]): readonly RowChange[] =>
  'change' in changes ? [changes] : changes;
