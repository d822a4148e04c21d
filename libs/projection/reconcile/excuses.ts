import type { QueryRunner } from 'typeorm';
import { decode, type Catalogue } from '#event-store/decode';
import type { RawEvent } from '#event-store/source';
import { streamOf, type Recorded } from '#kernel/recorded';
import { projectionEvents } from '../care-events.js';
import type { Projection } from '../projection.js';

export type ReadStream = (stream: string) => AsyncIterable<RawEvent>;

/** By which key a projection parks an event that it cannot apply, and those that follow. */
type Parking = Projection & { readonly parkBy?: (event: Recorded) => string };

/**
 * The events that a table lacks because they are parked, or because a person has had them left out: rows that they touch
 * cannot be compared with a fresh fold.
 */
export class Excuses {
  private constructor(private readonly keys: ReadonlyMap<string, ReadonlySet<string>>) {}

  /** As of the snapshot that the runner has begun. */
  static async read(
    runner: QueryRunner,
    projections: readonly Projection[],
    catalogue: Catalogue,
    readStream: ReadStream,
  ): Promise<Excuses> {
    const keys = new Map(projections.map(({ name }) => [name, new Set<string>()]));
    for (const { projection, key } of await parked(runner)) keys.get(projection)?.add(key);
    for (const [name, of] of keys) {
      for await (const raw of readStream(streamOf(projectionEvents.category, name))) {
        if (raw.type === 'ParkedSkipped')
          of.add(projectionEvents.shapes.ParkedSkipped.parse(decode(catalogue, raw).data).key);
      }
    }
    return new Excuses(keys);
  }

  covers(projection: Parking, event: Recorded): boolean {
    const keys = this.keys.get(projection.name);
    return keys !== undefined && keys.size > 0 && keys.has(projection.parkBy?.(event) ?? event.stream);
  }
}

async function parked(runner: QueryRunner): Promise<{ projection: string; key: string }[]> {
  const [found]: { there: boolean }[] = await runner.query(
    `SELECT to_regclass('views.parked') IS NOT NULL AS there`,
  );
  return found?.there ? runner.query('SELECT DISTINCT projection, key FROM views.parked') : [];
}
