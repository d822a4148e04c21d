import type { CommandData, CommandTable } from './command.js';
import type { AnyDecider } from './decider.js';
import type { DataIn, EventTable, NameIn } from './message.js';
import type { Recorded } from './recorded.js';

/** A command that the system puts to one aggregate because something has happened elsewhere. */
export interface CommandTo {
  readonly decider: AnyDecider;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
}

export function commandTo<C extends CommandTable, N extends keyof C & string>(
  decider: AnyDecider & { readonly commands: C },
  id: string,
  type: N,
  data: CommandData<C, N>,
): CommandTo {
  return { decider, id, type, data };
}

/** Says aloud that nothing follows from an event. */
export const ignore = (): [] => [];

/** Event -> what follows, for every event of some contexts: each is named, or said aloud to be `ignore`. */
export type OnEvents<T extends EventTable, F> = {
  readonly [N in NameIn<T>]: (event: Recorded<DataIn<T, N>>) => F;
};

/** What every follower of the log declares. */
export interface Described {
  /** Unique among reactions and fan-outs, and never changed: its progress and the ids of its commands hang on it. */
  readonly name: string;
  /** Raised whenever the functions change their meaning. A process with a lower one leaves the work to the others. */
  readonly version: number;
  /** Where it begins when it is new: with the log's first event, or with what comes after its first start. */
  readonly from: 'start' | 'now';
}

/** What the system does by itself when something has happened, its types forgotten. */
export interface Reaction extends Described {
  /** The categories whose events it listens to. */
  readonly categories: ReadonlySet<string>;
  /** At most one command for each target: its id is made of the reaction, the event and the target. */
  react(event: Recorded): readonly CommandTo[];
}

/** A table of pure functions, foreign event -> commands. They see the event only: no clock, no other state, no I/O. */
export function reaction<const T extends readonly EventTable[]>(
  described: Described & { readonly events: T; readonly on: OnEvents<T[number], readonly CommandTo[]> },
): Reaction {
  const { name, version, from, events, on } = described;
  const react = followed(name, on as Readonly<Record<string, (event: never) => readonly CommandTo[]>>);
  return { name, version, from, categories: categoriesOf(events), react };
}

export const categoriesOf = (events: readonly EventTable[]): ReadonlySet<string> =>
  new Set(events.map(({ category }) => category));

/** Looks an event's function up by its type. Each takes the data of that very event, which the lookup's type cannot say. */
export function followed<F>(
  name: string,
  on: Readonly<Record<string, (event: never) => F>>,
): (event: Recorded) => F {
  return (event) => {
    const follows = Object.hasOwn(on, event.type) ? on[event.type] : undefined;
    if (!follows) throw new Error(`${name} does not name ${event.type}`);
    return follows(event as never);
  };
}
