import canonicalize from 'canonicalize';
import type { AnyDecided, AnyDecider, AnyHistory, Deciding } from '#kernel/decider';
import { earliestDue, type OpenDue } from '#kernel/due';
import { envelope, type Envelope } from '#kernel/envelope';
import { schemaVersionOf } from '#kernel/message';
import { streamOf } from '#kernel/recorded';
import type { Instant } from '#kernel/time';
import { stepOn, type Aggregate, type Standing } from './aggregate.js';
import type { Cause } from './ask.js';
import { derivedId, dueCommandId, eventIdOf } from './ids.js';
import type { NewEvent } from './store.js';

export interface Command {
  readonly type: string;
  readonly data: unknown;
}

/** The foreign streams that a decision rests on, folded. */
export interface Foreign {
  readonly basis: NonNullable<Envelope['basis']>;
  stateOf(history: AnyHistory, id: string): unknown;
}

/** An event with its whole envelope, not yet stored. */
export type Prepared = {
  readonly eventId: string;
  readonly type: string;
  readonly data: never;
  readonly meta: Envelope;
};

/** Events settled in one append: some 3 KiB each, where a server takes 1 MiB at the least. */
const SETTLED_MAX = 100;

/** One pass of deciding over an aggregate: it gathers events without touching the aggregate, so that it can be thrown away. */
export class Decision {
  readonly prepared: Prepared[] = [];
  private standing: Standing;
  private readonly decider: AnyDecider;
  private readonly stream: string;

  constructor(
    private readonly aggregate: Aggregate,
    private readonly now: Instant,
    private readonly foreign: Foreign,
  ) {
    this.standing = aggregate.standing;
    this.decider = aggregate.decider;
    this.stream = streamOf(this.decider.events.category, aggregate.id);
  }

  /**
   * Lets everything that fell due by now happen first, in due order, each event dated at its own instant.
   * That is what makes downtime equal no downtime, also when a command comes before the timers have caught up.
   * Answers whether that was all: decades of it do not fit into one append, and are to be appended piece by piece.
   */
  settle(): 'all' | 'some' {
    for (;;) {
      const due = earliestDue(this.standing.open, this.now);
      if (!due) return 'all';
      if (this.prepared.length >= SETTLED_MAX) return 'some';
      const { command, generation, dueAt } = due;
      this.decide({ type: command, data: { generation, dueAt } }, dueAt, causeOfDue(this.stream, due));
      if (earliestDue(this.standing.open, this.now) === due)
        throw new Error(`${this.stream}: ${command} ${generation} fell due and its rule left it open`);
    }
  }

  /** @throws Refusal */
  ask(command: Command, cause: Cause): void {
    this.decide(command, this.now, cause);
  }

  private decide({ type, data }: Command, at: Instant, cause: Cause): void {
    const rule = this.decider.decide[type];
    if (!rule) throw new Error(`${this.decider.events.category} has no rule for ${type}`);
    const deciding: Deciding = {
      id: this.aggregate.id,
      at,
      actor: cause.actor,
      newId: derivedId('new', cause.commandId),
      // The state of the very history that was asked for: its type is that history's own.
      foreign: (history, id) => this.foreign.stateOf(history, id) as never,
    };
    // The state and the command are this decider's own; its types were forgotten where all deciders are held alike.
    const decided = rule(this.standing.state as never, data as never, deciding);
    decided.forEach((event, index) => this.prepare(event, eventIdOf(cause.commandId, index), at, cause));
  }

  private prepare(decided: AnyDecided, eventId: string, at: Instant, cause: Cause): void {
    const { type, data, effectiveAt = at, trace, policies } = decided;
    const { correlationId, causationId, ...who } = cause;
    const event: Prepared = {
      eventId,
      type,
      data: data as never, // Its type is that of the event's name, and goes with it.
      meta: {
        ...who,
        schemaVersion: schemaVersionOf(this.decider.events, type),
        recordedAt: this.now,
        effectiveAt,
        $correlationId: correlationId,
        $causationId: causationId,
        subjects: [],
        ...(trace && { trace }),
        ...(policies && { policies }),
        ...(this.foreign.basis.length > 0 && { basis: this.foreign.basis }),
      },
    };
    this.standing = stepOn(this.decider, this.standing, event);
    const subjects = [...this.decider.subjects(this.standing.state as never, this.aggregate.id)];
    const whole = { ...event, meta: { ...event.meta, subjects } };
    refuseUnreadable(this.decider, whole);
    this.prepared.push(whole);
  }
}

function causeOfDue(stream: string, due: OpenDue): Cause {
  return {
    actor: 'system:deadline',
    authority: 'system',
    channel: 'system',
    correlationId: due.startedBy.correlationId,
    causationId: due.startedBy.eventId,
    commandId: dueCommandId(stream, due),
  };
}

/** What could be written and not be read again would stop every reader of the log: it is a bug, and never gets there. */
function refuseUnreadable({ events }: AnyDecider, { type, data, meta }: Prepared): void {
  const wrong = events.shapes[type]?.safeParse(data).error ?? envelope.safeParse(meta).error;
  if (wrong)
    throw new Error(
      `${type} does not fit its own shape: ${wrong.issues.map(({ path }) => path.join('.')).join(', ')}`,
    );
}

/** As it is stored: keys in RFC 8785 order, so that the bytes can be hashed by anyone who has the event. */
export function newEvent({ eventId, type, data, meta }: Prepared): NewEvent {
  return { eventId, type, data: canonical(data), metadata: canonical(meta) };
}

function canonical(value: unknown): Record<string, unknown> {
  // Data and envelopes are objects by their shapes, and stay so.
  return JSON.parse(canonicalize(value) ?? '{}') as Record<string, unknown>;
}
