import { decode } from '#event-store/decode';
import type { RawEvent } from '#event-store/source';
import type { Journal } from './journal.js';
import { findPlace } from './place.js';
import type { Place } from './reaction-events.js';
import { TAKEOVER_MS, type ReactorOptions } from './reactor-options.js';
import { isStanding } from './standing.js';
import { WorkReader } from './work.js';

const BATCH_MAX = 500;

/**
 * Watches the owner of a reaction by the log alone: the owner is taken for dead when work is there and it has said nothing for a while.
 * One that has nothing to do owes no sign of life, so that an idle system writes nothing; and nobody needs Postgres for it.
 */
export class StandBy {
  private readonly over = new AbortController();
  private readonly work: WorkReader;
  private readonly takeoverMs: number;
  /** The last event that something follows from. */
  private newest = -1n;
  private done: bigint;
  /** An older release leaves the work to the newer one that has had it: it would judge otherwise. */
  private may: boolean;
  /** When the owner gave its last sign, or this process could first have seen one. */
  private signMs: number | undefined;

  constructor(
    private readonly options: ReactorOptions,
    private readonly journal: Journal,
    private readonly stopping: AbortSignal,
  ) {
    this.work = new WorkReader(options.follower, options.engine.catalogue);
    this.takeoverMs = options.takeoverMs ?? TAKEOVER_MS;
    this.may = journal.known.version <= options.follower.version;
    this.done = endOf(journal.known.after);
  }

  /** Resolves when this process is to try to take over, or was told to end. */
  async untilNeeded(): Promise<void> {
    const { engine } = this.options;
    const { after } = this.journal.known;
    const signal = AbortSignal.any([this.stopping, this.over.signal]);
    const ticking = setInterval(() => this.look(), this.takeoverMs / 5);
    try {
      const last = after && (await findPlace(engine.store, after));
      for await (const { events, live } of engine.source(last?.position, { signal, batchMax: BATCH_MAX })) {
        for (const raw of events) this.see(raw);
        if (live) this.signMs ??= performance.now();
      }
    } finally {
      clearInterval(ticking);
    }
  }

  private see(raw: RawEvent): void {
    if (raw.stream !== this.journal.stream) {
      if (this.work.read(raw)) this.newest = raw.position;
      return;
    }
    if (raw.revision <= this.journal.revision) return;
    this.signMs = performance.now();
    const event = decode(this.options.engine.catalogue, raw);
    if (!isStanding(event)) return;
    const { version, owner, after } = event.data;
    this.may = version <= this.options.follower.version;
    this.done = endOf(after);
    if (owner === undefined && this.may) this.over.abort();
  }

  private look(): void {
    const silent = this.signMs !== undefined && performance.now() - this.signMs > this.takeoverMs;
    if (this.may && silent && this.newest > this.done) this.over.abort();
  }
}

const endOf = (after: Place | undefined): bigint => (after === undefined ? -1n : BigInt(after.position));
