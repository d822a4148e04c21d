import { categoryOf, type Catalogue } from '#event-store/decode';
import type { LogBatch, RawEvent } from '#event-store/source';
import type { Instant } from '#kernel/time';
import { arrivalOf, type Arrival } from './arrival.js';
import type { Continuity, StreamMoves } from './continuity.js';
import { TooManyParked } from './errors.js';
import type { TableFold } from './fold.js';
import { foldTable } from './fold-table.js';
import { careOf } from './parked-care.js';
import type { ParkedEvents, Repair } from './parked-events.js';
import type { Parking } from './parking.js';
import type { TableShape } from './table-shape.js';

/** A place in the log: everything up to `position` was read, and which event was the last of it. */
export interface Mark {
  readonly position: bigint | undefined;
  readonly eventPosition: bigint | undefined;
  readonly eventId: string | undefined;
  readonly eventAt: Instant | undefined;
}

/** All that one batch does: rows, what is parked, streams, and how far everything has come with it. */
export interface FoldedBatch {
  readonly events: readonly RawEvent[];
  readonly live: boolean;
  readonly readFrom: bigint | undefined;
  readonly to: Mark;
  readonly moves: readonly { readonly shape: TableShape; readonly from: bigint | undefined }[];
  readonly tables: readonly TableFold[];
  /** Only where what is parked changes. */
  readonly parkings: readonly Parking[];
  /** The projections that stop at this batch: nothing of it is written for them, nor of any later one. */
  readonly stops: readonly TooManyParked[];
  readonly streams: StreamMoves;
}

/** A projection on its way through the log. */
export interface Progress {
  readonly shape: TableShape;
  position: bigint | undefined;
}

/** Turns batches of the log into what is to be written. It runs one batch ahead of the database and writes nothing. */
export class Engine {
  private going: readonly Progress[];

  constructor(
    private readonly catalogue: Catalogue,
    private readonly continuity: Continuity,
    progress: readonly Progress[],
    private read: Mark,
    private readonly parked: ParkedEvents,
  ) {
    this.going = progress;
  }

  /**
   * Undefined when the batch holds nothing new. A batch that begins with a decision about what is parked is to be folded only
   * when all before it have been written. Throws what stops a reader: Hole, a DecodeError, ApplyFailed.
   */
  async fold(batch: LogBatch): Promise<FoldedBatch | undefined> {
    const { fresh, streams } = await this.continuity.follow(batch);
    const readFrom = this.read.position;
    if (readFrom !== undefined && batch.position <= readFrom) return undefined;
    const arrivals = this.arrivalsOf(fresh);
    const care = careOf(fresh[0]);
    const tables = await this.foldTables(arrivals, async ({ shape, position }) => {
      if (care?.projection !== shape.projection.name) return undefined;
      const seen = position !== undefined && fresh[0] && fresh[0].position <= position;
      return seen ? undefined : this.parked.repairBy(care, shape);
    });
    this.read = this.markAt(batch.position, fresh, arrivals);
    const moves = this.advance(batch.position);
    return { events: fresh, live: batch.live, readFrom, to: this.read, moves, ...tables, streams };
  }

  /** Takes up everything again that is parked, at the place where the engine stands. Undefined when there is nothing. */
  async retryParked(): Promise<FoldedBatch | undefined> {
    const tables = await this.foldTables([], ({ shape }) => this.parked.repairOfAll(shape));
    if (tables.parkings.length === 0) return undefined;
    const { position: readFrom } = this.read;
    const streams = { begun: new Map(), moved: new Map() };
    return { events: [], live: false, readFrom, to: this.read, moves: [], ...tables, streams };
  }

  private async foldTables(
    arrivals: readonly Arrival[],
    repairOf: (each: Progress) => Promise<Repair | undefined>,
  ): Promise<Pick<FoldedBatch, 'tables' | 'parkings' | 'stops'>> {
    const tables: TableFold[] = [];
    const parkings: Parking[] = [];
    const stops: TooManyParked[] = [];
    for (const each of this.going) {
      const { shape } = each;
      const seen = arrivals.filter((arrival) => sees(each, arrival));
      try {
        const task = { shape, arrivals: seen, parked: this.parked, repair: await repairOf(each) };
        const { fold, parking } = await foldTable(task);
        if (fold.rows.size > 0) tables.push(fold);
        if (!parking.changes) continue;
        this.parked.become(parking);
        parkings.push(parking);
      } catch (error) {
        if (!(error instanceof TooManyParked)) throw error;
        this.going = this.going.filter((going) => going !== each);
        stops.push(error);
      }
    }
    return { tables, parkings, stops };
  }

  /** The events that some projection is to see, decoded once for all of them. */
  private arrivalsOf(fresh: readonly RawEvent[]): Arrival[] {
    const wanted = fresh.filter(({ stream }) =>
      this.going.some(({ shape }) => isOf(shape, categoryOf(stream))),
    );
    return wanted.map((raw) => arrivalOf(this.catalogue, raw));
  }

  private markAt(position: bigint, fresh: readonly RawEvent[], arrivals: readonly Arrival[]): Mark {
    const last = fresh.at(-1);
    const dated = arrivals.findLast(({ event }) => event !== undefined);
    return {
      position,
      eventPosition: last?.position ?? this.read.eventPosition,
      eventId: last?.eventId ?? this.read.eventId,
      eventAt: dated?.event?.meta.recordedAt ?? this.read.eventAt,
    };
  }

  /** Projections that are further than this batch, while another is built again, stay where they are. */
  private advance(position: bigint): FoldedBatch['moves'] {
    const behind = this.going.filter((each) => each.position === undefined || each.position < position);
    return behind.map((each) => {
      const from = each.position;
      each.position = position;
      return { shape: each.shape, from };
    });
  }
}

const isOf = ({ projection: { categories } }: TableShape, category: string): boolean =>
  !categories || categories.has(category);

const sees = ({ shape, position }: Progress, { category, raw }: Arrival): boolean =>
  isOf(shape, category) && (position === undefined || raw.position > position);
