import type { z } from 'zod';
import type { CommandData, CommandTable } from './command.js';
import type { Deadlines, DueChange } from './due.js';
import type { Envelope } from './envelope.js';
import type { DataOf, EventTable, NameOf, Shapes } from './message.js';
import type { Refusals } from './refusal.js';
import type { Instant } from './time.js';
import type { Trace } from './trace.js';

/** What `evolve` may know of an event besides its data. */
export type EventFacts = Pick<Envelope, 'effectiveAt' | 'recordedAt' | 'actor'> & {
  readonly eventId: string;
};

/** How an aggregate's state follows from its events. Pure; it refuses no fact. An impossible history throws and is a bug. */
export interface History<S, E extends Shapes> {
  readonly events: EventTable<E>;
  readonly initial: S;
  readonly evolve: Evolve<S, E>;
}

export type Evolve<S, E extends Shapes> = {
  readonly [N in NameOf<E>]: (state: S, data: DataOf<E, N>, facts: EventFacts) => S;
};

/** Something that a rule decided: an event without its envelope. */
export type Decided<E extends Shapes> = {
  [N in NameOf<E>]: {
    readonly type: N;
    readonly data: DataOf<E, N>;
    /** From when on it counts; the command's own instant when not said. */
    readonly effectiveAt?: Instant;
    /** How each derived field of `data` came about. */
    readonly trace?: Readonly<Record<string, Trace>>;
    /** The versions of the policies that this was decided under. */
    readonly policies?: Readonly<Record<string, number>>;
  };
}[NameOf<E>];

/**
 * Any history, its types forgotten: what an engine holds that serves all contexts.
 * `never` in the arguments is what makes every history assignable, and what stops a caller from guessing at them.
 */
export interface AnyHistory {
  readonly events: EventTable;
  readonly initial: unknown;
  readonly evolve: Readonly<Record<string, (state: never, data: never, facts: EventFacts) => unknown>>;
}

/** A foreign stream that a rule rests on. It is folded read-only, and its revision is stored with the decision. */
export interface Need {
  readonly history: AnyHistory;
  readonly id: string;
}

/** What a rule may know besides the state and the command. There is no clock, no randomness and no I/O in it. */
export interface Deciding {
  /** The aggregate's id. */
  readonly id: string;
  /** The business instant of the command; for a deadline's command the instant at which it fell due. */
  readonly at: Instant;
  readonly actor: string;
  /** The id that a new thing gets which this command makes: derived from the command, the same at every try. */
  readonly newId: string;
  /** The state of a foreign stream that the command's line in `needs` has named. */
  foreign<S>(history: AnyHistory & { readonly initial: S }, id: string): S;
}

/** One rule a command: what follows, or `Refusal`. Nothing to do is `[]`: asked twice is done once. */
export type Rules<S, C extends CommandTable, E extends Shapes> = {
  readonly [N in keyof C & string]: (
    state: S,
    command: CommandData<C, N>,
    deciding: Deciding,
  ) => readonly Decided<E>[];
};

/** Everything that is to be known of one kind of aggregate. */
export interface Decider<S, C extends CommandTable, E extends Shapes> extends History<S, E> {
  readonly commands: C;
  readonly decide: Rules<S, C, E>;
  readonly deadlines: Deadlines<E>;
  readonly refusals: Refusals;
  /** The shape of its ids; a UUID when not said. */
  readonly idShape?: z.ZodType<string>;
  /** The foreign streams that a command's rule needs. */
  readonly needs?: { readonly [N in keyof C & string]?: (command: CommandData<C, N>) => readonly Need[] };
  /** Whom an event of this aggregate concerns, told from the state after it: `contract:…`, `customer:…`. */
  readonly subjects: (state: S, id: string) => readonly string[];
}

/** Any decider, its types forgotten. */
export interface AnyDecider extends AnyHistory {
  readonly commands: CommandTable;
  readonly decide: Readonly<
    Record<string, (state: never, command: never, deciding: Deciding) => readonly AnyDecided[]>
  >;
  readonly deadlines: Readonly<Record<string, (data: never) => DueChange[]>>;
  readonly refusals: Refusals;
  readonly idShape?: z.ZodType<string>;
  readonly needs?: Readonly<Record<string, ((command: never) => readonly Need[]) | undefined>>;
  readonly subjects: (state: never, id: string) => readonly string[];
}
export type AnyDecided = Decided<Shapes>;

/** An event that cannot follow on the state that it met: the aggregate's history is damaged, or `evolve` is wrong. */
export function impossible(what: string): never {
  throw new Error(`impossible history: ${what}`);
}
