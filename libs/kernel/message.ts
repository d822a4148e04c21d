import type { z } from 'zod';

/** Message names and the zod shape of each: what can happen to, or be asked of, one kind of aggregate. */
export type Shapes = Readonly<Record<string, z.ZodObject>>;

export type NameOf<S extends Shapes> = keyof S & string;
export type DataOf<S extends Shapes, N extends keyof S> = z.output<S[N]>;

/** The names of the events of some contexts, and the data of one of them by its name. */
export type NameIn<T extends EventTable> = T extends EventTable<infer S> ? NameOf<S> : never;
export type DataIn<T extends EventTable, N> =
  T extends EventTable<infer S> ? (N extends NameOf<S> ? DataOf<S, N> : never) : never;

/** Lifts stored data from one schema version to the next. It may only add, split or rename inside the data. */
export type Upcaster = (data: Record<string, unknown>) => Record<string, unknown>;

/**
 * What can happen to one kind of aggregate, stored for ever.
 *
 * NOTE: names and shapes here are the storage format. Add optional fields; for anything else append an upcaster,
 * which raises the event's schema version by one, and keep one of each version in test/old-events.
 */
export interface EventTable<S extends Shapes = Shapes> {
  /** The first part of the stream's name: `contract` of `contract-4f1c…`. */
  readonly category: string;
  readonly shapes: S;
  readonly upcasters: Readonly<Partial<Record<string, readonly Upcaster[]>>>;
}

export function eventTable<const S extends Shapes>(
  category: string,
  shapes: S,
  upcasters: Partial<Record<NameOf<S>, readonly Upcaster[]>> = {},
): EventTable<S> {
  return { category, shapes, upcasters };
}

/** The schema version that is written today: one more than the number of upcasters. */
export function schemaVersionOf(table: EventTable, type: string): number {
  return 1 + (table.upcasters[type]?.length ?? 0);
}
