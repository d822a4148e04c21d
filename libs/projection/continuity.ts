import type { DataSource } from 'typeorm';
import type { LogBatch, RawEvent } from '#event-store/source';
import { Hole } from './errors.js';

/** What a batch does to the last revisions seen. */
export interface StreamMoves {
  /** Streams that begin in the batch: the table must not know them. */
  readonly begun: ReadonlyMap<string, bigint>;
  /** Streams that go on: the table must know them. */
  readonly moved: ReadonlyMap<string, bigint>;
}

/** How many streams are remembered at least; far more than the two batches that can be under way. */
const remembered = 50_000;

/**
 * Proves that nothing is missing: business streams are never truncated, so each event's revision is the last one plus one.
 * The last revisions are the table `views.streams`, of which the recently used are kept in memory, in two generations.
 */
export class Continuity {
  private recent = new Map<string, bigint>();
  private earlier = new Map<string, bigint>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly readerGroup: string,
    /** Everything up to here has been read before. */
    private position: bigint | undefined,
  ) {}

  /**
   * Takes note of a batch and gives back the events in it that are new. An event that was read before is left out.
   * Throws Hole when an event does not follow on the one before it in its stream.
   */
  async follow(batch: LogBatch): Promise<{ fresh: RawEvent[]; streams: StreamMoves }> {
    if (this.recent.size >= remembered) {
      this.earlier = this.recent;
      this.recent = new Map();
    }
    await this.load(batch.events);
    const fresh: RawEvent[] = [];
    const begun = new Map<string, bigint>();
    const moved = new Map<string, bigint>();
    for (const event of batch.events) {
      const { stream, revision, position } = event;
      const last = this.recall(stream);
      if (this.wasRead(event)) {
        // Read before by its position, so its revision must have been seen too; otherwise it comes out of order.
        if (last === undefined || revision > last) throw new Hole(stream, last, revision, position);
        continue;
      }
      if (revision !== (last ?? -1n) + 1n) throw new Hole(stream, last, revision, position);
      this.recent.set(stream, revision);
      (last === undefined || begun.has(stream) ? begun : moved).set(stream, revision);
      this.position = position;
      fresh.push(event);
    }
    // The log says that nothing more comes up to here, so an event that does is a hole and not a late one.
    if (this.position === undefined || batch.position > this.position) this.position = batch.position;
    return { fresh, streams: { begun, moved } };
  }

  private wasRead({ position }: RawEvent): boolean {
    return this.position !== undefined && position <= this.position;
  }

  /** Loads what is not remembered, with one statement. A stream that seems to begin is checked when it is written. */
  private async load(events: readonly RawEvent[]): Promise<void> {
    const missing = new Set<string>();
    const beginning = new Set<string>();
    for (const event of events) {
      if (this.recall(event.stream) !== undefined || beginning.has(event.stream)) continue;
      if (event.revision === 0n && !this.wasRead(event)) beginning.add(event.stream);
      else missing.add(event.stream);
    }
    if (missing.size === 0) return;
    const rows: { stream: string; revision: string }[] = await this.dataSource.query(
      'SELECT stream, revision FROM views.streams WHERE reader_group = $1 AND stream = ANY ($2)',
      [this.readerGroup, [...missing]],
    );
    for (const { stream, revision } of rows) this.recent.set(stream, BigInt(revision));
  }

  private recall(stream: string): bigint | undefined {
    const recent = this.recent.get(stream);
    if (recent !== undefined) return recent;
    const earlier = this.earlier.get(stream);
    if (earlier !== undefined) this.recent.set(stream, earlier);
    return earlier;
  }
}
