import { isDeepStrictEqual } from 'node:util';
import type { CommandTable } from '#kernel/command';
import type { AnyHistory, Decided, Decider, Deciding, EventFacts } from '#kernel/decider';
import { applyDueChanges, earliestDue, noDues, type Due, type OpenDues } from '#kernel/due';
import type { DataOf, NameOf, Shapes } from '#kernel/message';
import { Refusal } from '#kernel/refusal';
import type { Instant } from '#kernel/time';

/** A command as a test asks it: input as HTTP would carry it, before its shape has read it. */
export interface Asked<C extends CommandTable = CommandTable> {
  readonly type: keyof C & string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Instant;
  readonly actor?: string;
  /** The id that a new thing gets. */
  readonly newId?: string;
}

/** An event as the log would hold it. */
export type Happened<E extends Shapes = Shapes> = {
  [N in NameOf<E>]: { readonly type: N; readonly data: DataOf<E, N> };
}[NameOf<E>] &
  Pick<Decided<E>, 'trace' | 'policies'> & { readonly facts: EventFacts };

/** An aggregate's whole history, and what follows from it. */
export interface Story<S, E extends Shapes> {
  readonly state: S;
  readonly open: OpenDues;
  readonly events: readonly Happened<E>[];
}

/** What an aggregate made of a command: what happened (deadlines that it met on the way included), or the code of its refusal. */
export interface Outcome<S, E extends Shapes> {
  readonly story: Story<S, E>;
  readonly refused?: Refusal;
  /** What followed from the command alone. */
  readonly events: readonly Happened<E>[];
}

export interface Setting {
  readonly id: string;
  readonly actor: string;
  /** The states of foreign streams, by category and id. */
  readonly foreign?: Readonly<Record<string, unknown>>;
}

/**
 * Plays commands against a decider as the engine does, without any store: what is due by a command's instant is settled first, in due
 * order, each at its own instant; then the command is decided. Events go through JSON and their shape, as through the log.
 */
export class Play<S, C extends CommandTable, E extends Shapes> {
  constructor(
    private readonly decider: Decider<S, C, E>,
    private readonly setting: Setting,
  ) {}

  get beginning(): Story<S, E> {
    return { state: this.decider.initial, open: noDues, events: [] };
  }

  /** given: the story after these commands, none of which may be refused. */
  given(...asked: readonly Asked<C>[]): Story<S, E> {
    return asked.reduce((story, each) => {
      const outcome = this.when(story, each);
      if (outcome.refused) throw outcome.refused;
      return outcome.story;
    }, this.beginning);
  }

  /** when: one command more. */
  when(before: Story<S, E>, { type, data, at, actor, newId }: Asked<C>): Outcome<S, E> {
    const settled = this.settle(before, at);
    try {
      const command = this.decider.commands[type]?.shape.parse(data);
      const story = this.decide(settled, type, command, this.deciding(at, actor, newId));
      return { story, events: story.events.slice(settled.events.length) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { story: settled, events: [], refused: error };
    }
  }

  /** Meets every deadline that fell due by `at`, in due order, each at its own instant. */
  settle(before: Story<S, E>, at: Instant): Story<S, E> {
    let story = before;
    for (let due = earliestDue(story.open, at); due; due = earliestDue(story.open, at)) {
      const next = this.wake(story, due);
      // A deadline that its own decider ignores would be met for ever: table and decider disagree.
      if (next.events.length === story.events.length)
        throw new Error(`nothing followed from ${due.command} ${due.generation} at ${due.dueAt}`);
      story = next;
    }
    return story;
  }

  /** A timer's delivery, punctual or not: everything due by its instant is settled, then it is asked itself. */
  deliver(before: Story<S, E>, due: Due): Story<S, E> {
    return this.wake(this.settle(before, due.dueAt), due);
  }

  fold(events: readonly Happened<E>[]): Story<S, E> {
    return events.reduce((story, event) => this.append(story, event), this.beginning);
  }

  private wake(story: Story<S, E>, { command, generation, dueAt }: Due): Story<S, E> {
    return this.decide(story, command, { generation, dueAt }, this.deciding(dueAt, 'system:timers'));
  }

  private deciding(at: Instant, actor = this.setting.actor, newId = this.setting.id): Deciding {
    const { id, foreign = {} } = this.setting;
    // The caller of `foreign` names the history whose state the setting holds, so its type is that state's.
    const state = <F>(history: AnyHistory & { readonly initial: F }, of: string) =>
      (foreign[`${history.events.category}-${of}`] ?? history.initial) as F;
    return { id, at, actor, newId, foreign: state };
  }

  private decide(story: Story<S, E>, type: string, command: unknown, deciding: Deciding): Story<S, E> {
    // The table correlates a command's name with its data, the compiler cannot; the shape has read the data.
    const rule = this.decider.decide[type as keyof C & string] as (
      state: S,
      command: unknown,
      deciding: Deciding,
    ) => readonly Decided<E>[];
    return rule(story.state, command, deciding).reduce(
      (after, event, index) => this.append(after, this.stored(event, deciding, story.events.length + index)),
      story,
    );
  }

  private stored(event: Decided<E>, { at, actor }: Deciding, revision: number): Happened<E> {
    const json: unknown = JSON.parse(JSON.stringify(event.data));
    const data = this.decider.events.shapes[event.type]?.parse(json);
    if (!isDeepStrictEqual(data, json)) throw new Error(`${event.type} does not survive its own shape`);
    const facts = {
      effectiveAt: event.effectiveAt ?? at,
      recordedAt: at,
      actor,
      eventId: `event-${revision}`,
    };
    // Parsed by the shape of its own type just above.
    return { ...event, data, facts } as unknown as Happened<E>;
  }

  private append(story: Story<S, E>, event: Happened<E>): Story<S, E> {
    // As in `decide`: name and data belong together, which the compiler cannot follow through a table.
    const evolve = this.decider.evolve[event.type] as (state: S, data: unknown, facts: EventFacts) => S;
    const deadlines = this.decider.deadlines[event.type] as (
      data: unknown,
    ) => Parameters<typeof applyDueChanges>[1];
    return {
      state: evolve(story.state, event.data, event.facts),
      open: applyDueChanges(story.open, deadlines(event.data), {
        eventId: event.facts.eventId,
        correlationId: this.setting.id,
      }),
      events: [...story.events, event],
    };
  }
}
