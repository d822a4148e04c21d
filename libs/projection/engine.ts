import { categoryOf, decode, type Catalogue } from '#event-store/decode';
import type { LogBatch, RawEvent } from '#event-store/source';
import type { Recorded } from '#kernel/recorded';
import type { Instant } from '#kernel/time';
import type { Continuity, StreamMoves } from './continuity.js';
import { ApplyFailed } from './errors.js';
import { TableFold } from './fold.js';
import type { TableShape } from './table-shape.js';

/** A place in the log: everything up to `position` was read, and which event was the last of it. */
export interface Mark {
  readonly position: bigint | undefined;
  readonly eventPosition: bigint | undefined;
  readonly eventId: string | undefined;
  readonly eventAt: Instant | undefined;
}

/** All that one batch does: rows, streams, and how far everything has come with it. */
export interface FoldedBatch {
  readonly events: number;
  readonly live: boolean;
  readonly readFrom: bigint | undefined;
  readonly to: Mark & { readonly position: bigint };
  readonly moves: readonly { readonly shape: TableShape; readonly from: bigint | undefined }[];
  readonly tables: readonly TableFold[];
  readonly streams: StreamMoves;
}

/** A projection on its way through the log. */
export interface Progress {
  readonly shape: TableShape;
  position: bigint | undefined;
}

/** Turns batches of the log into what is to be written. It runs one batch ahead of the database and writes nothing. */
export class Engine {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly continuity: Continuity,
    private readonly progress: readonly Progress[],
    private read: Mark,
  ) {}

  /** Undefined when the batch holds nothing new. Throws what stops a reader: Hole, a DecodeError, ApplyFailed. */
  async fold(batch: LogBatch): Promise<FoldedBatch | undefined> {
    const { fresh, streams } = await this.continuity.follow(batch);
    const readFrom = this.read.position;
    if (readFrom !== undefined && batch.position <= readFrom) return undefined;
    const tables = new Map(this.progress.map((each) => [each, new TableFold(each.shape)]));
    let last: Recorded | undefined;
    for (const raw of fresh) last = this.apply(raw, tables) ?? last;
    const final = fresh.at(-1);
    const to = {
      position: batch.position,
      eventPosition: final?.position ?? this.read.eventPosition,
      eventId: final?.eventId ?? this.read.eventId,
      eventAt: last?.meta.recordedAt ?? this.read.eventAt,
    };
    this.read = to;
    const moves = this.advance(batch.position);
    const changed = [...tables.values()].filter(({ rows }) => rows.size > 0);
    return { events: fresh.length, live: batch.live, readFrom, to, moves, tables: changed, streams };
  }

  private apply(raw: RawEvent, tables: ReadonlyMap<Progress, TableFold>): Recorded | undefined {
    const category = categoryOf(raw.stream);
    let event: Recorded | undefined;
    for (const [{ shape, position }, table] of tables) {
      const { projection } = shape;
      if (projection.categories && !projection.categories.has(category)) continue;
      event ??= decode(this.catalogue, raw);
      if (position !== undefined && event.position <= position) continue;
      try {
        for (const change of projection.apply(event)) table.apply(change, raw);
      } catch (error) {
        throw new ApplyFailed(projection.name, raw, error);
      }
    }
    return event;
  }

  /** Projections that are further than this batch, while another is built again, stay where they are. */
  private advance(position: bigint): FoldedBatch['moves'] {
    const behind = this.progress.filter((each) => each.position === undefined || each.position < position);
    return behind.map((each) => {
      const from = each.position;
      each.position = position;
      return { shape: each.shape, from };
    });
  }
}
