import type { CommandData, CommandTable } from '#kernel/command';
import type { AnyDecider } from '#kernel/decider';
import type { EventTable } from '#kernel/message';
import { categoriesOf, followed, type Described, type OnEvents } from '#kernel/reaction';
import type { Recorded } from '#kernel/recorded';
import type { Projection } from '#projection/projection';

/** The aggregates that a job is for: those with a row in a table, and with these values in its columns. */
export interface TargetList {
  /** A table whose key is the aggregates' id. */
  readonly table: Pick<Projection, 'name' | 'entity' | 'key'>;
  readonly where?: Readonly<Record<string, string | number | boolean>>;
}

/** The aggregates of a list, page by page. */
export interface Targets {
  /** Resolves when what it lists reflects the log up to `position`, with the position that it does reflect. */
  reached(position: bigint, signal: AbortSignal): Promise<bigint>;
  /** The ids after `after` (or from the first on) in a fixed order, at most `limit` of them; none when there are no more. */
  page(after: string | undefined, limit: number): Promise<readonly string[]>;
}

/** A job: one command for each of many aggregates. */
export interface Job {
  readonly decider: AnyDecider;
  readonly type: string;
  readonly data: unknown;
  readonly targets: TargetList;
}

export function jobOf<C extends CommandTable, N extends keyof C & string>(
  decider: AnyDecider & { readonly commands: C },
  type: N,
  data: CommandData<C, N>,
  targets: TargetList,
): readonly [Job] {
  return [{ decider, type, data, targets }];
}

/** What the system does for many aggregates because one thing has happened, its types forgotten. */
export interface FanOut extends Described {
  readonly categories: ReadonlySet<string>;
  jobOf(event: Recorded): Job | undefined;
}

/** A table of pure functions, event -> job or `ignore`. A deadline starts one by the event that its command becomes. */
export function fanOut<const T extends readonly EventTable[]>(
  described: Described & {
    readonly events: T;
    readonly on: OnEvents<T[number], readonly [] | readonly [Job]>;
  },
): FanOut {
  const { name, version, from, events, on } = described;
  const follows = followed(name, on as Readonly<Record<string, (event: never) => readonly Job[]>>);
  return { name, version, from, categories: categoriesOf(events), jobOf: (event) => follows(event)[0] };
}
