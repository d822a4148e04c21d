import { categoryOf, catalogueOf, decode } from '#event-store/decode';
import type { LogBatch, RawEvent } from '#event-store/source';
import { projectionEvents } from './care-events.js';

/** What a person has decided about the events that are parked under a key: all are tried again, but for those up to `upTo`. */
export interface Care {
  readonly projection: string;
  readonly key: string;
  /** What is parked up to this position is skipped. */
  readonly upTo: bigint | undefined;
}

const catalogue = catalogueOf([projectionEvents]);
const shapes = projectionEvents.shapes;

/** Undefined for any other event. Throws a DecodeError when the decision cannot be read. */
export function careOf(raw: RawEvent | undefined): Care | undefined {
  if (!raw || !isCare(raw)) return undefined;
  const { id, data } = decode(catalogue, raw);
  const { key } = shapes.ParkedRetryRequested.parse(data);
  const upTo = raw.type === 'ParkedSkipped' ? BigInt(shapes.ParkedSkipped.parse(data).upTo) : undefined;
  return { projection: id, key, upTo };
}

const isCare = ({ stream, type }: RawEvent): boolean =>
  (type === 'ParkedRetryRequested' || type === 'ParkedSkipped') &&
  categoryOf(stream) === projectionEvents.category;

/** Lets each decision begin a batch: what is parked before it has then been written, and can be read. */
export async function* beginningWithCare(batches: AsyncIterable<LogBatch>): AsyncIterable<LogBatch> {
  for await (const { events, position, live } of batches) {
    let begun = 0;
    for (const [i, raw] of events.entries()) {
      const last = events[i - 1];
      if (!last || !isCare(raw)) continue;
      yield { events: events.slice(begun, i), position: last.position, live: false };
      begun = i;
    }
    yield { events: begun === 0 ? events : events.slice(begun), position, live };
  }
}
