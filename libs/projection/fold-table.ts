import type { Arrival } from './arrival.js';
import { ApplyFailed } from './errors.js';
import { TableFold } from './fold.js';
import type { ParkedEvents, Repair } from './parked-events.js';
import { Parking } from './parking.js';
import type { TableShape } from './table-shape.js';

/** One batch for one projection. */
export interface TableTask {
  readonly shape: TableShape;
  /** Only the events that this projection sees and has not seen before. */
  readonly arrivals: readonly Arrival[];
  readonly parked: ParkedEvents;
  /** What comes first. */
  readonly repair: Repair | undefined;
}

/**
 * Folds the events of a batch, and parks those that cannot be applied, with what follows them.
 * Throws TooManyParked, and ApplyFailed when a key cannot be told.
 *
 * A change that fails may leave its event half applied, so the fold is begun again without that event: it costs nothing while
 * nothing fails, and the number of keys that may be parked bounds it.
 */
export async function foldTable(task: TableTask): Promise<{ fold: TableFold; parking: Parking }> {
  const failures = new Map(task.parked.refusedOf(task.shape));
  for (;;) {
    const pass = new Pass(task, failures);
    try {
      await pass.run();
      return pass;
    } catch (error) {
      if (!(error instanceof HalfApplied)) throw error;
      failures.set(error.position, error.cause);
    }
  }
}

class HalfApplied extends Error {
  constructor(
    readonly position: bigint,
    override readonly cause: Error,
  ) {
    super(cause.message);
  }
}

class Pass {
  readonly fold: TableFold;
  readonly parking: Parking;

  constructor(
    private readonly task: TableTask,
    /** Why events cannot be applied, by position, as far as it is known. */
    private readonly failures: ReadonlyMap<bigint, Error>,
  ) {
    const { shape, parked } = task;
    this.fold = new TableFold(shape);
    this.parking = new Parking(shape, parked.keysOf(shape), parked.keysMax);
  }

  async run(): Promise<void> {
    const { repair, arrivals } = this.task;
    if (repair) await this.takeUpAgain(repair);
    for (const arrival of arrivals) this.take(arrival);
  }

  private async takeUpAgain(repair: Repair): Promise<void> {
    this.parking.reopen(repair.rows);
    for (const row of repair.rows) {
      if (repair.skips(row)) {
        this.parking.free(row);
      } else if (this.parking.has(row.key)) {
        this.parking.keep(row);
      } else {
        const failure = this.apply(await repair.read(row));
        if (failure) this.parking.failAgain(row, failure);
        else this.parking.free(row);
      }
    }
  }

  private take(arrival: Arrival): void {
    // The key is asked for only where it matters: nothing is parked, as a rule.
    if (this.parking.keys.size > 0) {
      const key = this.keyOf(arrival);
      if (this.parking.has(key)) return this.parking.follow(key, arrival.raw);
    }
    const failure = this.apply(arrival);
    if (failure) this.parking.park(this.keyOf(arrival), arrival.raw, failure);
  }

  /** Why an event cannot be applied; undefined when it has been. */
  private apply({ raw, event, undecodable }: Arrival): Error | undefined {
    if (undecodable) return undecodable;
    const known = this.failures.get(raw.position);
    if (known) return known;
    try {
      this.fold.take({ changes: this.task.shape.projection.apply(event), origin: raw });
      return undefined;
    } catch (cause) {
      throw new HalfApplied(raw.position, errorOf(cause));
    }
  }

  private keyOf({ raw, event, undecodable }: Arrival): string {
    const { name, parkBy } = this.task.shape.projection;
    if (!parkBy) return raw.stream;
    try {
      if (undecodable) throw undecodable;
      return parkBy(event);
    } catch (cause) {
      throw new ApplyFailed(name, raw, new Error(`its key cannot be told: ${errorOf(cause).message}`));
    }
  }
}

const errorOf = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)));
