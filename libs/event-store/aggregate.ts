import { serialize } from 'node:v8';
import type { AnyDecider, AnyHistory, EventFacts } from '#kernel/decider';
import { applyDueChanges, noDues, type OpenDues } from '#kernel/due';
import type { Recorded } from '#kernel/recorded';
import { epochMsOf } from '#kernel/time';
import type { Answer } from './ask.js';

/** How long the ids of carried-out commands are kept in memory. Older repeats rest on the rules' natural keys. */
const REMEMBERED_MS = 30 * 24 * 3_600_000;

/** Objects in memory take about this much more than their serialized form. */
const IN_MEMORY_FACTOR = 3;

/** What a rule decides from: the folded state and the deadlines that are open. */
export interface Standing {
  readonly state: unknown;
  readonly open: OpenDues;
}

type Carried = Pick<Recorded, 'type' | 'data' | 'eventId'> & { readonly meta: Recorded['meta'] };

/** The next state of any history. The arguments' types were forgotten, and come from the event's own table: hence `never`. */
export function evolveAny(history: AnyHistory, state: unknown, event: Carried): unknown {
  const { effectiveAt, recordedAt, actor } = event.meta;
  const facts: EventFacts = { effectiveAt, recordedAt, actor, eventId: event.eventId };
  const evolve = history.evolve[event.type];
  if (!evolve) throw new Error(`${history.events.category} does not evolve by ${event.type}`);
  return evolve(state as never, event.data as never, facts);
}

/** The standing after one more event. */
export function stepOn(decider: AnyDecider, standing: Standing, event: Carried): Standing {
  const changes = decider.deadlines[event.type]?.(event.data as never) ?? [];
  const startedBy = { eventId: event.eventId, correlationId: event.meta.$correlationId };
  return {
    state: evolveAny(decider, standing.state, event),
    open: applyDueChanges(standing.open, changes, startedBy),
  };
}

/** One aggregate as this process knows it: its standing at a revision, and the commands that it has answered. */
export class Aggregate {
  revision = -1n;
  /** The log position of the last event; 0 while there is none. */
  position = 0n;
  /** The last event's id; empty while there is none. */
  eventId = '';
  standing: Standing;
  private weight = { bytes: 0, atRevision: -1n };
  private readonly answered = new Map<string, Answered>();

  constructor(
    readonly decider: AnyDecider,
    readonly id: string,
  ) {
    this.standing = { state: decider.initial, open: noDues };
  }

  append(event: Recorded): void {
    this.standing = stepOn(this.decider, this.standing, event);
    this.revision = event.revision;
    this.position = event.position;
    this.eventId = event.eventId;
    this.remember(event);
  }

  /** What it takes in memory, about. Weighing costs more than folding, so it is done again when the history has grown by a quarter. */
  get bytes(): number {
    const { bytes, atRevision } = this.weight;
    if (bytes > 0 && (this.revision - atRevision) * 4n <= atRevision) return bytes;
    const answers = [...this.answered.values()].map(({ answer }) => answer);
    const weighed = serialize([this.standing, answers]).byteLength * IN_MEMORY_FACTOR;
    this.weight = { bytes: weighed, atRevision: this.revision };
    return weighed;
  }

  /** The first answer to a command, if it has been carried out. */
  answerTo(commandId: string): Answered | undefined {
    return this.answered.get(commandId);
  }

  private remember({ meta, eventId, type, revision, position }: Recorded): void {
    const { commandId, requestHash } = meta;
    const earlier = this.answered.get(commandId)?.answer.events ?? [];
    this.answered.delete(commandId); // Set anew below, so that the map stays in the order of the log.
    const events = [...earlier, { eventId, type }];
    this.answered.set(commandId, {
      answer: { id: this.id, revision, position, eventId, events, repeated: true },
      requestHash,
      atMs: epochMsOf(meta.recordedAt),
    });
    for (const [oldest, { atMs }] of this.answered) {
      if (atMs >= epochMsOf(meta.recordedAt) - REMEMBERED_MS) break;
      this.answered.delete(oldest);
    }
  }
}

interface Answered {
  readonly answer: Answer;
  readonly requestHash: string | undefined;
  readonly atMs: number;
}
