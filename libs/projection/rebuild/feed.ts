import type { LogBatch } from '#event-store/source';

/** Batches of the log that can be awaited without being taken, and be taken in part. */
export class Feed {
  private readonly iterator: AsyncIterator<LogBatch>;
  private rest: LogBatch | undefined;
  private coming: Promise<void> | undefined;

  constructor(batches: AsyncIterable<LogBatch>) {
    this.iterator = batches[Symbol.asyncIterator]();
  }

  get isReady(): boolean {
    return this.rest !== undefined;
  }

  /** Resolves when there is a batch to take. */
  async arrival(): Promise<void> {
    if (this.rest) return;
    await (this.coming ??= this.fetch());
  }

  /** The next batch, of which only what stands at or before `last`. */
  async next(last?: bigint): Promise<LogBatch> {
    await this.arrival();
    const batch = this.rest;
    if (!batch) throw new Error('the log ended');
    this.rest = undefined;
    if (last === undefined || batch.position <= last) return batch;
    const events = batch.events.filter(({ position }) => position <= last);
    this.rest = { ...batch, events: batch.events.slice(events.length) };
    return { events, position: last, live: false };
  }

  close(): void {
    // Whoever closes it has aborted the source's signal, which ends a fetch that is under way.
    this.coming?.catch(() => undefined);
    void this.iterator.return?.().catch(() => undefined);
  }

  private async fetch(): Promise<void> {
    const { value, done } = await this.iterator.next();
    this.coming = undefined;
    if (done) throw new Error('the log ended');
    this.rest = value;
  }
}
