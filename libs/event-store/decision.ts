import type { AnyDecided, AnyDecider, AnyHistory, Deciding } from '#kernel/decider';
import { earliestDue, type OpenDue } from '#kernel/due';
import type { Envelope } from '#kernel/envelope';
import { schemaVersionOf } from '#kernel/message';
import { streamOf } from '#kernel/recorded';
import type { Instant } from '#kernel/time';
import { stepOn, type Aggregate, type Standing } from './aggregate.js';
import type { Cause } from './ask.js';
import { derivedId, dueCommandId, eventIdOf } from './ids.js';
import { APPEND_BYTES_MAX, LimitExceeded, type Limits } from './limits.js';
import { prepared, type Prepared } from './prepared.js';

export interface Command {
  readonly type: string;
  readonly data: unknown;
}

/** The foreign streams that a decision rests on, folded. */
export interface Foreign {
  readonly basis: NonNullable<Envelope['basis']>;
  stateOf(history: AnyHistory, id: string): unknown;
}

/** What is settled in one append, so that the command's own events still fit behind it. */
const SETTLED_EVENTS_MAX = 100;
const SETTLED_BYTES_MAX = APPEND_BYTES_MAX / 2;

/** One pass of deciding over an aggregate: it gathers events without touching the aggregate, so that it can be thrown away. */
export class Decision {
  readonly prepared: Prepared[] = [];
  private standing: Standing;
  private bytes = 0;
  private readonly decider: AnyDecider;
  private readonly stream: string;

  constructor(
    private readonly aggregate: Aggregate,
    private readonly now: Instant,
    private readonly foreign: Foreign,
    private readonly limits: Limits,
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
      if (this.prepared.length >= SETTLED_EVENTS_MAX || this.bytes >= SETTLED_BYTES_MAX) return 'some';
      const { command, generation, dueAt } = due;
      this.decide({ type: command, data: { generation, dueAt } }, dueAt, causeOfDue(this.stream, due));
      if (earliestDue(this.standing.open, this.now) === due)
        throw new Error(`${this.stream}: ${command} ${generation} fell due and its rule left it open`);
    }
  }

  /** @throws Refusal, or LimitExceeded when what follows is too much for an event, an append or the stream */
  ask(command: Command, cause: Cause): void {
    const before = this.prepared.length;
    this.decide(command, this.now, cause);
    if (this.prepared.length > before) this.refuseTooMuch(this.prepared.slice(before));
  }

  private refuseTooMuch(asked: readonly Prepared[]): void {
    const { eventBytesMax, streamEventsMax } = this.limits;
    const length = Number(this.aggregate.revision) + 1 + this.prepared.length;
    if (length > streamEventsMax)
      throw new LimitExceeded(
        'stream-events',
        `It would have ${length} events; ${streamEventsMax} is the limit.`,
      );
    const largest = Math.max(...asked.map(({ bytes }) => bytes));
    if (largest > eventBytesMax || this.bytes > APPEND_BYTES_MAX)
      throw new LimitExceeded(
        'event-bytes',
        `What follows takes ${largest} bytes; ${eventBytesMax} is the limit.`,
      );
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
    const event = {
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
    const whole = prepared(this.decider, { ...event, meta: { ...event.meta, subjects } });
    this.bytes += whole.bytes;
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
