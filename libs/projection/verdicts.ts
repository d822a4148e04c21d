import type { Verdict } from './errors.js';
import type { Parking } from './parking.js';

/**
 * What a runner has learned from refused batches, and what it has to know when it begins again: which events cannot be applied.
 * A verdict holds until the event has been parked by it, so that a later attempt asks Postgres again.
 */
export class Verdicts {
  private readonly byTable = new Map<string, Map<bigint, Error>>();

  of(table: string): ReadonlyMap<bigint, Error> {
    return this.byTable.get(table) ?? none;
  }

  /** False when all of them were known: the batch has been refused although it did without these events. */
  add(verdicts: readonly Verdict[]): boolean {
    let learned = false;
    for (const { table, position, error } of verdicts) {
      const known = this.byTable.get(table) ?? new Map<bigint, Error>();
      learned ||= !known.has(position);
      this.byTable.set(table, known.set(position, error));
    }
    return learned;
  }

  /** Forgets those that a written batch has parked events by. */
  carriedOut({ shape, parked, failedAgain }: Parking): void {
    const known = this.byTable.get(shape.table);
    for (const { raw } of parked) known?.delete(raw.position);
    for (const { position } of failedAgain) known?.delete(position);
  }
}

const none: ReadonlyMap<bigint, Error> = new Map();
