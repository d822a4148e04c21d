import { StoreUnavailable } from './ask.js';
import type { RawEvent } from './source.js';

/** An event that this process has seen in the log: as long as it is there, so is everything before it. */
export type Landmark = Pick<RawEvent, 'stream' | 'revision' | 'position' | 'eventId'>;

/** The log is another one, or has lost events that this process has seen. What it holds in memory is worth nothing any more. */
export class LogReplaced extends StoreUnavailable {
  override readonly name = 'LogReplaced';

  constructor({ stream, revision, position, eventId }: Landmark) {
    super(
      `the log was replaced or restored: event ${eventId}, which stood at position ${position}, is not at revision ${revision} of ${stream}`,
    );
  }
}

/**
 * Vouches that the log is the one that this process has read and written so far. A server can only be exchanged behind a
 * connection that breaks: whoever sees that says so, and from then on nothing is sure until the last event seen has been found
 * at its place. Once it is not, nothing ever is again: caches, clocks and tables of a lost log are best left to a new process.
 */
export class LogGuard {
  private latest: Landmark | undefined;
  /** The last event that was seen in doubt: it may be of another log, and must not stand in for one that is lost. */
  private unsure: Landmark | undefined;
  private doubts = 0;
  private settled = 0;
  private checking: Promise<void> | undefined;
  private readonly replaced = new AbortController();

  constructor(private readonly holds: (landmark: Landmark) => Promise<boolean>) {}

  /** Aborted with LogReplaced once that is found. */
  get signal(): AbortSignal {
    return this.replaced.signal;
  }

  /** Takes note of an event that was read or written. */
  note(event: Landmark): void {
    if (this.settled < this.doubts) this.unsure = later(this.unsure, event);
    else this.latest = later(this.latest, event);
  }

  /** Whatever answers next may be another log. */
  suspect(): void {
    this.doubts++;
  }

  /**
   * Resolves at once while nobody doubts.
   * @throws LogReplaced, for good
   * @throws StoreUnavailable when it cannot be told
   */
  async sure(): Promise<void> {
    this.signal.throwIfAborted();
    while (this.settled < this.doubts) {
      this.checking ??= this.check().finally(() => (this.checking = undefined));
      await this.checking;
    }
  }

  /** A doubt that arises meanwhile is not settled by it. */
  private async check(): Promise<void> {
    const { latest, doubts } = this;
    if (latest && !(await this.holds(latest))) {
      const found = new LogReplaced(latest);
      this.replaced.abort(found);
      throw found;
    }
    this.settled = doubts;
    if (this.unsure && this.settled === this.doubts) {
      this.latest = later(latest, this.unsure);
      this.unsure = undefined;
    }
  }
}

const later = (known: Landmark | undefined, event: Landmark): Landmark => {
  if (known && event.position <= known.position) return known;
  // The data of the event would be kept alive with it.
  const { stream, revision, position, eventId } = event;
  return { stream, revision, position, eventId };
};
