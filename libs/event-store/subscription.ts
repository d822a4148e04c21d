import { setImmediate } from 'node:timers/promises';
import {
  START,
  streamNameFilter,
  type AllStreamSubscription,
  type ResolvedEvent,
} from '@eventstore/db-client';
import type { LogBatch, LogSource, RawEvent } from './source.js';
import { rawEvent, type EventStore } from './store.js';

/** How far a look ahead goes that asks whether a silent subscription has missed something. */
const LOOK_AHEAD_EVENTS = 1_000;

/**
 * The log as a source: one catch-up subscription to `$all` without the system's streams.
 *
 * The official client neither reconnects nor ends when its call fails, so that every failure is turned into a throw
 * here; whoever consumes the source resumes from its own checkpoint. Silence counts as failure when the log goes on.
 */
export function followLog(store: EventStore, silenceMs = 15_000): LogSource {
  return async function* (from, { signal, batchMax }) {
    const { guard } = store;
    await guard.sure();
    const feed = new Feed(store, from, batchMax);
    const abort = () => feed.fail(new Error('stopped'));
    const lost = () => feed.fail(guard.signal.reason as Error); // The guard aborts with a LogReplaced.
    signal.addEventListener('abort', abort, { once: true });
    guard.signal.addEventListener('abort', lost, { once: true });
    guard.suspect();
    try {
      while (!signal.aborted) {
        const batch = feed.take();
        // The log may have been exchanged before this subscription was made.
        if (batch) await guard.sure();
        if (batch) yield batch;
        else if (!(await feed.news(silenceMs)) && (await store.goesOnAfter(feed.reached, LOOK_AHEAD_EVENTS)))
          throw new Error(`the subscription has been silent for ${silenceMs} ms while the log went on`);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      guard.signal.removeEventListener('abort', lost);
      await feed.close();
    }
  };
}

/** What has arrived and has not been taken yet. */
class Feed {
  /** Everything up to here has been handed out. */
  reached: bigint | undefined;
  private readonly subscription: AllStreamSubscription;
  private queue: RawEvent[] = [];
  private received = 0;
  private failure: Error | undefined;
  private wake: () => void = () => undefined;
  /**
   * What the server said between events: a checkpoint, or that the subscription has caught up. The client announces it
   * ahead of the events that still wait in its buffer, so it is held back until they have been received.
   */
  private marks: { readonly after: number; readonly position?: bigint }[] = [];
  private live = false;

  constructor(
    private readonly store: EventStore,
    from: bigint | undefined,
    private readonly batchMax: number,
  ) {
    this.reached = from;
    this.subscription = store.client.subscribeToAll({
      fromPosition: from === undefined ? START : { commit: from, prepare: from },
      filter: streamNameFilter({
        regex: '^[^$]',
        checkpointInterval: 32,
        checkpointReached: (_, { commit }) => this.mark(commit),
      }),
    });
    this.subscription.on('data', (event: ResolvedEvent) => this.receive(event));
    // `caughtUp` is emitted by the client but missing from its typed events.
    this.subscription.on('caughtUp' as string, () => this.mark());
    this.subscription.on('error', (error) => this.fail(error));
    this.subscription.on('end', () => this.fail(new Error('the subscription ended')));
    this.subscription.on('close', () => this.fail(new Error('the subscription was closed')));
  }

  fail(error: Error): void {
    if (!this.failure) this.store.guard.suspect();
    this.failure ??= error;
    this.wake();
  }

  /** What is ready, or undefined. @throws the failure, once everything that arrived before it has been taken */
  take(): LogBatch | undefined {
    const before = this.reached;
    const events = this.queue;
    this.queue = [];
    this.reached = events.at(-1)?.position ?? this.reached;
    const wasLive = this.live;
    this.passMarks();
    if (events.length === 0 && this.failure) throw this.failure;
    // What the client still holds back was written before it said that it had caught up, or since: either way it waits.
    const waiting = this.subscription.readableLength > 0;
    if (this.subscription.isPaused()) this.subscription.resume();
    if (this.reached === undefined || (this.reached === before && this.live === wasLive)) return undefined;
    return { events, position: this.reached, live: this.live && !waiting };
  }

  /** Waits for anything to take; false when nothing came for `ms`. */
  async news(ms: number): Promise<boolean> {
    if (this.failure || this.queue.length > 0) return true;
    let timer: NodeJS.Timeout | undefined;
    const came = await new Promise<boolean>((resolve) => {
      this.wake = () => resolve(true);
      timer = setTimeout(() => resolve(false), ms);
    });
    clearTimeout(timer);
    // What arrived in the same read of the socket belongs into the same batch.
    if (came) await setImmediate();
    return came;
  }

  async close(): Promise<void> {
    // A stream that was cancelled may still report it: nobody listens any more, and nobody should crash.
    this.subscription.removeAllListeners('error').on('error', () => undefined);
    await this.subscription.unsubscribe().catch(() => undefined);
    this.subscription.destroy();
  }

  private receive(event: ResolvedEvent): void {
    const raw = rawEvent(event);
    this.store.guard.note(raw);
    this.queue.push(raw);
    this.received++;
    if (this.queue.length >= this.batchMax) this.subscription.pause();
    this.wake();
  }

  private mark(position?: bigint): void {
    const after = this.received + this.subscription.readableLength;
    this.marks.push(position === undefined ? { after } : { after, position });
    this.wake();
  }

  private passMarks(): void {
    while (this.marks[0] && this.marks[0].after <= this.received) {
      const { position } = this.marks.shift() ?? {};
      if (position === undefined) this.live = true;
      else if (this.reached === undefined || position > this.reached) this.reached = position;
    }
  }
}
