import { decodeRecord } from './codec.js';
import { invalidPosition, streamDeleted } from './errors.js';
import type { Head } from './heads.js';
import type { Log } from './log.js';
import type { StoredRecord } from './store.js';

export type Direction = 'forwards' | 'backwards';

/** Where a read of a stream begins. */
export type StreamStart = 'start' | 'end' | number;

/** The next events of something that is read page by page, and whether there are, for now, no more. */
export interface Page {
  readonly records: StoredRecord[];
  readonly exhausted: boolean;
}

/** Something that can be read page by page. What is stored meanwhile is in the pages that follow. */
export interface Source {
  next(): Page;
  /** What is stored from now on is in the pages whatever the metadata say, because it is new. */
  goLive(): void;
}

/** The log from a position on; `from` is read itself going forwards and not going backwards. */
export class AllSource implements Source {
  constructor(
    private readonly log: Log,
    private from: number,
    private readonly direction: Direction,
  ) {}

  next(): Page {
    const records = this.log.store.page(this.from, this.direction);
    const last = records.at(-1);
    if (last) this.from = this.direction === 'forwards' ? last.position + 1 : last.position;
    return { records, exhausted: records.length === 0 };
  }

  goLive(): void {
    // All of the log is always shown.
  }
}

/**
 * The position that a client names, checked: positions are addresses of events, and computed ones point nowhere.
 * The end of the log is also one.
 */
export function knownPosition(log: Log, commit: string, prepare: string): number {
  const position = Number(commit);
  if (commit !== prepare || !Number.isSafeInteger(position)) throw invalidPosition();
  if (!log.store.record(position) && position !== log.store.end()) throw invalidPosition();
  return position;
}

/** The first revision that the stream's metadata leaves to be read. */
export function firstVisible({ revision, metadata, softDeleted }: Head): number {
  if (softDeleted) return Infinity;
  const { maxCount = Infinity, truncateBefore = 0 } = metadata;
  return Math.max(truncateBefore, revision - maxCount + 1, 0);
}

export function isTooOld({ metadata }: Head, { bytes }: StoredRecord): boolean {
  return metadata.maxAgeMs !== undefined && decodeRecord(bytes).createdMs < Date.now() - metadata.maxAgeMs;
}

/** The events of one stream that its metadata leaves to be read. */
export class StreamSource implements Source {
  private from: number;
  private live = false;

  constructor(
    private readonly log: Log,
    private readonly stream: string,
    from: StreamStart,
    private readonly direction: Direction,
  ) {
    const { revision } = log.heads.get(stream);
    const ends = { forwards: { start: 0, end: revision + 1 }, backwards: { start: 0, end: revision } };
    this.from = typeof from === 'number' ? from : ends[direction][from];
  }

  next(): Page {
    const head = this.log.heads.get(this.stream);
    if (head.tombstoned) throw streamDeleted(this.stream);
    const first = this.live ? 0 : firstVisible(head);
    const from =
      this.direction === 'forwards' ? Math.max(this.from, first) : Math.min(this.from, head.revision);
    const to = this.direction === 'forwards' ? head.revision : first;
    const beyond = this.direction === 'forwards' ? from > to : from < to;
    if (beyond || head.id === undefined) return { records: [], exhausted: true };
    const page = this.log.store.streamPage(head.id, from, to);
    this.from = this.direction === 'forwards' ? from + page.length : from - page.length;
    const records = this.live ? page : page.filter((record) => !isTooOld(head, record));
    return { records, exhausted: page.length === 0 };
  }

  goLive(): void {
    this.from = Math.max(this.from, this.log.heads.get(this.stream).revision + 1);
    this.live = true;
  }
}
