import type { DataSource } from 'typeorm';
import type { Catalogue } from '#event-store/decode';
import type { RawEvent } from '#event-store/source';
import { arrivalOf, type Arrival } from './arrival.js';
import { RebuildNeeded } from './errors.js';
import { parkedKeys, parkedRows, type ParkedRow } from './parked.js';
import type { Care } from './parked-care.js';
import type { ParkedKeys, Parking } from './parking.js';
import type { TableShape } from './table-shape.js';
import type { Verdicts } from './verdicts.js';

/** What is to be taken up again of what is parked, in the order of the log. */
export interface Repair {
  readonly rows: readonly ParkedRow[];
  /** Whether a person has decided to leave it out. */
  skips(row: ParkedRow): boolean;
  read(row: ParkedRow): Promise<Arrival>;
}

export interface ParkingOptions {
  readonly dataSource: DataSource;
  readonly catalogue: Catalogue;
  readonly eventAt: (position: bigint) => Promise<RawEvent | undefined>;
  readonly verdicts: Verdicts;
  /** How many keys a projection may have parked: with one more it is the projection that is broken, and it stops. */
  readonly keysMax: number;
}

/** What is parked in an engine's tables, as it is after the last batch that was folded. */
export class ParkedEvents {
  private readonly keys = new Map<string, ParkedKeys>();

  private constructor(private readonly options: ParkingOptions) {}

  static async load(shapes: readonly TableShape[], options: ParkingOptions): Promise<ParkedEvents> {
    const parked = new ParkedEvents(options);
    for (const { table } of shapes) parked.keys.set(table, await parkedKeys(options.dataSource, table));
    return parked;
  }

  get keysMax(): number {
    return this.options.keysMax;
  }

  keysOf({ table }: TableShape): ParkedKeys {
    return this.keys.get(table) ?? none;
  }

  /** The events of which Postgres has refused the rows, with what it said. */
  refusedOf({ table }: TableShape): ReadonlyMap<bigint, Error> {
    return this.options.verdicts.of(table);
  }

  /** Takes over what a folded batch leaves parked. */
  become({ shape, keys }: Parking): void {
    this.keys.set(shape.table, keys);
  }

  /** What a person's decision takes up again; undefined when nothing is parked under the key. Reads what has been written. */
  repairBy({ key, upTo }: Care, shape: TableShape): Promise<Repair | undefined> {
    if (!this.keysOf(shape).has(key)) return Promise.resolve(undefined);
    return this.repair(shape, key, ({ position }) => upTo !== undefined && position <= upTo);
  }

  /** All that is parked in a table. */
  repairOfAll(shape: TableShape): Promise<Repair | undefined> {
    if (this.keysOf(shape).size === 0) return Promise.resolve(undefined);
    return this.repair(shape, undefined, () => false);
  }

  private async repair(shape: TableShape, key: string | undefined, skips: Repair['skips']): Promise<Repair> {
    const { dataSource, eventAt, catalogue } = this.options;
    const rows = await parkedRows(dataSource, shape.table, key);
    const known = new Map<bigint, Arrival>();
    const read = async ({ position }: ParkedRow): Promise<Arrival> => {
      const raw = known.get(position)?.raw ?? (await eventAt(position));
      if (!raw) throw new RebuildNeeded(`the log has no event at position ${position}, which is parked`);
      const arrival = known.get(position) ?? arrivalOf(catalogue, raw);
      known.set(position, arrival);
      return arrival;
    };
    return { rows, skips, read };
  }
}

const none: ParkedKeys = new Map();
