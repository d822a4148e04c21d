import { z } from 'zod';
import type { DataOf, NameOf, Shapes } from './message.js';
import { publicText } from './text.js';
import { instant, type Instant } from './time.js';

/** What a deadline asks when it falls due. `generation` says which one of its kind: the term's number, for instance. */
export const dueShape = z.strictObject({ generation: publicText(120), dueAt: instant });

/** A deadline: at `dueAt` the aggregate is asked `command`. (command, generation) is unique in its aggregate for ever. */
export interface Due {
  readonly command: string;
  readonly generation: string;
  readonly dueAt: Instant;
}

export type DueChange =
  | ({ readonly change: 'start' } & Due)
  | { readonly change: 'stop'; readonly command: string; readonly generation: string };

export const start = (command: string, generation: string, dueAt: Instant): DueChange => ({
  change: 'start',
  command,
  generation,
  dueAt,
});
/** Ends a deadline, met or pointless. One that is not open is left as it is. */
export const stop = (command: string, generation: string): DueChange => ({
  change: 'stop',
  command,
  generation,
});

/** Says aloud that an event starts and ends no deadline. */
export const none = (): DueChange[] => [];

/**
 * Event -> what falls due when, for every event of a context.
 *
 * The one table serves three readers, so that they cannot disagree: the `deadlines` table that wakes an aggregate nobody touches,
 * the fold by which every command first settles what is due, and the what-if that runs ahead of time.
 */
export type Deadlines<E extends Shapes> = { readonly [N in NameOf<E>]: (data: DataOf<E, N>) => DueChange[] };

/** A deadline that has been started and not been stopped, and the event that started it. */
export interface OpenDue extends Due {
  readonly startedBy: { readonly eventId: string; readonly correlationId: string };
}

/** The open deadlines of one aggregate, by command and generation. */
export type OpenDues = ReadonlyMap<string, OpenDue>;
export const noDues: OpenDues = new Map();

const keyOf = (command: string, generation: string) => `${command} ${generation}`;

/** The open deadlines after an event that changed some of them. */
export function applyDueChanges(
  open: OpenDues,
  changes: readonly DueChange[],
  startedBy: OpenDue['startedBy'],
): OpenDues {
  if (changes.length === 0) return open;
  const next = new Map(open);
  for (const change of changes) {
    const key = keyOf(change.command, change.generation);
    if (change.change === 'stop') {
      next.delete(key);
    } else {
      const { command, generation, dueAt } = change;
      next.set(key, { command, generation, dueAt, startedBy });
    }
  }
  return next;
}

/** The deadline that fell due first by `at`. Equal instants keep the order in which they were started. */
export function earliestDue(open: OpenDues, at: Instant): OpenDue | undefined {
  let earliest: OpenDue | undefined;
  for (const due of open.values()) {
    if (due.dueAt <= at && (!earliest || due.dueAt < earliest.dueAt)) earliest = due;
  }
  return earliest;
}
