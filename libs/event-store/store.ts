import { setTimeout as pause } from 'node:timers/promises';
import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  NO_STREAM,
  START,
  StreamNotFoundError,
  UnknownError,
  WrongExpectedVersionError,
  type AppendResult,
  type ReadAllOptions,
  type ReadStreamOptions,
  type ResolvedEvent,
  type StreamingRead,
} from '@eventstore/db-client';
import { AppendHealth } from './append-health.js';
import { RevisionConflict, StoreUnavailable } from './ask.js';
import { LogGuard, LogReplaced, type Landmark } from './log-guard.js';
import { isOutcomeUnknown, withTimer } from './outcome.js';
import type { RawEvent } from './source.js';

/** An event ready to be stored: its id is derived, never random, so that sending it twice stores it once. */
export interface NewEvent {
  readonly eventId: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
}

const CLOSE_MS = 1_000;

export interface StoreTimes {
  /** How long one attempt to append or the next event of a read may stay unanswered. */
  readonly answerMs: number;
  /** How long an append of unknown outcome is sent again before the caller is told so. */
  readonly persistMs: number;
}

/** The log: reads streams and appends to them. All appends of a process share one client (eventstoredb.md, client bug 4). */
export class EventStore {
  readonly appends = new AppendHealth();
  readonly client: EventStoreDBClient;
  /** Whether it is still the log that this process knows. */
  readonly guard = new LogGuard((landmark) => this.holds(landmark));

  constructor(
    url: string,
    private readonly times: StoreTimes = { answerMs: 5_000, persistMs: 8_000 },
  ) {
    this.client = EventStoreDBClient.connectionString(url);
  }

  /** The stream's events from `from` on, in order; nothing when there is no such stream. */
  readStream(stream: string, from = 0n): AsyncIterable<RawEvent> {
    return this.readOne(stream, { fromRevision: from });
  }

  /** The stream's events from the last one back to the first; nothing when there is no such stream. */
  readStreamBackwards(stream: string): AsyncIterable<RawEvent> {
    return this.readOne(stream, { direction: BACKWARDS, fromRevision: END });
  }

  private async *readOne(stream: string, options: ReadStreamOptions): AsyncIterable<RawEvent> {
    try {
      for await (const resolved of this.answering(this.client.readStream(stream, options))) {
        const event = rawEvent(resolved);
        this.guard.note(event);
        yield event;
      }
    } catch (error) {
      if (error instanceof StreamNotFoundError) return;
      throw this.failed(error);
    }
  }

  /** The event at exactly this place in the log, or undefined when nothing of the application stands there. */
  async eventAt(position: bigint): Promise<RawEvent | undefined> {
    try {
      for await (const event of this.readAll({
        fromPosition: at(position),
        maxCount: 1,
        requiresLeader: true,
      }))
        return event.position === position ? event : undefined;
    } catch (error) {
      // A position that is no boundary of this log is refused by newer servers: nothing stands there.
      if (!(error instanceof UnknownError)) throw error;
    }
    return undefined;
  }

  /** Whether exactly this event is at this place in the log. */
  async holdsAt(position: bigint, eventId: string): Promise<boolean> {
    return (await this.eventAt(position))?.eventId === eventId;
  }

  /** The position of the log's last event that is not the server's own, or undefined when there is none. */
  async head(): Promise<bigint | undefined> {
    for await (const { stream, position } of this.readAll({ direction: BACKWARDS, fromPosition: END })) {
      if (!stream.startsWith('$')) return position;
    }
    return undefined;
  }

  /** Whether an event that is not the server's own stands after `position`, among the next `maxCount` of any kind. */
  async goesOnAfter(position: bigint | undefined, maxCount: number): Promise<boolean> {
    const fromPosition = position === undefined ? START : at(position);
    for await (const event of this.readAll({ fromPosition, maxCount })) {
      if (!event.stream.startsWith('$') && (position === undefined || event.position > position)) return true;
    }
    return false;
  }

  /**
   * Appends all or nothing after `expected` (-1: the stream must be new), and answers with the last event's position.
   *
   * An attempt that times out, is cancelled or finds no server has an unknown outcome: the identical events are sent
   * again at the identical revision, which the server recognises, until it answers.
   * @throws RevisionConflict when somebody else wrote first
   * @throws LogReplaced when it would be sent to another log than the one that it was decided on
   * @throws StoreUnavailable when the outcome is still unknown after `persistMs`
   */
  async append(stream: string, expected: bigint, events: readonly NewEvent[]): Promise<bigint> {
    const giveUpAt = Date.now() + this.times.persistMs;
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
      try {
        await this.guard.sure();
        return await this.acknowledged(stream, expected, events);
      } catch (error) {
        if (error instanceof LogReplaced) throw error;
        if (error instanceof WrongExpectedVersionError) throw this.conflict(stream, expected, error);
        // What the client cannot name, such as a server whose disk is full, leaves the outcome as unknown as silence does.
        if (!(this.failed(error) instanceof StoreUnavailable) && !(error instanceof UnknownError))
          throw error;
        this.appends.unanswered(error);
        if (Date.now() >= giveUpAt)
          throw new StoreUnavailable(`no answer to the append to ${stream}`, { cause: error });
      }
      await pause(pauseMs);
    }
  }

  async close(): Promise<void> {
    // The client waits for every stream to finish, and some that were cut off never say so.
    await withTimer(this.client.dispose(), CLOSE_MS, 'close').catch(() => undefined);
  }

  /** The position of the last event. */
  private async acknowledged(stream: string, expected: bigint, events: readonly NewEvent[]): Promise<bigint> {
    const result = await this.attempt(stream, expected, events);
    this.appends.answered();
    const revision = expected + BigInt(events.length);
    const position = result.position?.commit ?? (await this.positionOf(stream, revision));
    const last = events.at(-1);
    if (last) this.guard.note({ stream, revision, position, eventId: last.eventId });
    return position;
  }

  /** A stream that is shorter than it was is no conflict with another writer. */
  private conflict(stream: string, expected: bigint, error: WrongExpectedVersionError): RevisionConflict {
    const actual = revisionOf(error.actualVersion);
    if (actual === undefined || actual < expected) this.guard.suspect();
    return new RevisionConflict(stream, expected, actual, false);
  }

  /** What a failed call means. Whoever answers after a broken connection may hold another log. */
  private failed(error: unknown): unknown {
    if (!isOutcomeUnknown(error)) return error;
    this.guard.suspect();
    return new StoreUnavailable('the event store does not answer', { cause: error });
  }

  /** Asked of the leader: a follower may be behind without having lost anything. */
  private async holds({ stream, revision, eventId }: Landmark): Promise<boolean> {
    const only = { fromRevision: revision, maxCount: 1, requiresLeader: true };
    try {
      const read = this.client.readStream(stream, only);
      for await (const { event } of this.answering(read)) return event?.id === eventId;
    } catch (error) {
      if (!(error instanceof StreamNotFoundError)) throw this.failed(error);
    }
    return false;
  }

  /** BatchAppend has no timer of its own: a silent server would hang the promise for ever. */
  private attempt(stream: string, expected: bigint, events: readonly NewEvent[]): Promise<AppendResult> {
    const append = this.client.appendToStream(stream, events.map(eventData), {
      expectedRevision: expected < 0n ? NO_STREAM : expected,
      deadline: this.times.answerMs,
      requiresLeader: true,
    });
    // The answer may still come after the timer: it must not surface as an unhandled rejection.
    append.catch(() => undefined);
    return withTimer(append, this.times.answerMs, 'append');
  }

  /** A server that recognises a repeat may acknowledge it without saying where it stands. */
  private async positionOf(stream: string, revision: bigint): Promise<bigint> {
    for await (const event of this.readStream(stream, revision)) return event.position;
    throw new Error(`${stream} was acknowledged up to revision ${revision}, which is not there`);
  }

  /** The log as it is now, the server's own events included. Throws StoreUnavailable when the server falls silent. */
  async *readAll(options: ReadAllOptions): AsyncIterable<RawEvent> {
    try {
      // The client types an event of `$all` on its own, with nothing in it that another lacks.
      for await (const event of this.answering(this.client.readAll(options)))
        yield rawEvent(event as ResolvedEvent);
    } catch (error) {
      throw this.failed(error);
    }
  }

  private async *answering<E>(read: StreamingRead<E>): AsyncIterable<E> {
    const events: AsyncIterator<E> = read[Symbol.asyncIterator]();
    let ended = false;
    try {
      for (;;) {
        const next = await withTimer(events.next(), this.times.answerMs, 'read');
        ended = next.done === true;
        if (next.done) return;
        yield next.value;
      }
    } finally {
      if (!ended) await read.cancel();
    }
  }
}

const revisionOf = (actual: unknown): bigint | undefined =>
  typeof actual === 'bigint' ? actual : actual === NO_STREAM ? -1n : undefined;

function eventData({ eventId, type, data, metadata }: NewEvent) {
  return { id: eventId, contentType: 'application/json' as const, type, data, metadata };
}

const at = (position: bigint) => ({ commit: position, prepare: position });

/** @throws when the server gives no position with an event, which servers before 22.6 did not */
export function rawEvent(resolved: Pick<ResolvedEvent, 'event' | 'commitPosition'>): RawEvent {
  const { event } = resolved;
  const position = event?.position?.commit ?? resolved.commitPosition;
  if (!event || position === undefined) throw new Error('the server sent an event without its position');
  return {
    eventId: event.id,
    stream: event.streamId,
    type: event.type,
    revision: event.revision,
    position,
    data: event.data,
    metadata: event.metadata,
  };
}
