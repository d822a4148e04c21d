import type { RawEvent } from '#event-store/source';
import { TooManyParked } from './errors.js';
import type { ParkedRow } from './parked.js';
import type { TableShape } from './table-shape.js';

/** How many events are parked in a projection, by key. */
export type ParkedKeys = ReadonlyMap<string, number>;

/** An event that is parked now: with its error, or behind one of the same key. */
export interface NewlyParked {
  readonly key: string;
  readonly raw: RawEvent;
  readonly error: string | undefined;
}

/** What one batch parks in one projection and what it takes back, beside the rows that it writes. */
export class Parking {
  readonly parked: NewlyParked[] = [];
  /** The positions of what is parked no longer: applied, or skipped by a person. */
  readonly freed: bigint[] = [];
  readonly failedAgain: { readonly position: bigint; readonly error: string }[] = [];
  private readonly waiting: Map<string, number>;

  constructor(
    readonly shape: TableShape,
    before: ParkedKeys,
    private readonly keysMax: number,
  ) {
    this.waiting = new Map(before);
  }

  /** How many events of each key are parked once the batch is written. */
  get keys(): ParkedKeys {
    return this.waiting;
  }

  /** Whether it changes what is parked. */
  get changes(): boolean {
    return this.parked.length + this.freed.length + this.failedAgain.length > 0;
  }

  has(key: string): boolean {
    return this.waiting.has(key);
  }

  /** Parks an event that failed, and with it its key. Throws TooManyParked. */
  park(key: string, raw: RawEvent, cause: unknown): void {
    if (this.waiting.size >= this.keysMax) {
      throw new TooManyParked(this.shape.projection.name, this.waiting.size, raw, cause);
    }
    this.add(key, raw, errorText(cause));
  }

  /** Parks an event behind the others of its key. */
  follow(key: string, raw: RawEvent): void {
    this.add(key, raw, undefined);
  }

  /** Takes keys up again: each of their events that are parked is said next to be freed, kept or failed again. */
  reopen(rows: readonly ParkedRow[]): void {
    for (const { key } of rows) this.waiting.delete(key);
  }

  free({ position }: ParkedRow): void {
    this.freed.push(position);
  }

  keep({ key }: ParkedRow): void {
    this.waiting.set(key, (this.waiting.get(key) ?? 0) + 1);
  }

  failAgain(row: ParkedRow, cause: unknown): void {
    this.failedAgain.push({ position: row.position, error: errorText(cause) });
    this.keep(row);
  }

  private add(key: string, raw: RawEvent, error: string | undefined): void {
    this.parked.push({ key, raw, error });
    this.waiting.set(key, (this.waiting.get(key) ?? 0) + 1);
  }
}

/** The longest error that is kept with an event. */
const errorMax = 500;

/** Postgres takes no NUL in a text, which may be the very reason for which an event was refused. */
const errorText = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).replaceAll('\0', '\\0').slice(0, errorMax);
