import canonicalize from 'canonicalize';
import type { AnyDecider } from '#kernel/decider';
import { envelope, type Envelope } from '#kernel/envelope';
import type { NewEvent } from './store.js';

/** An event with its whole envelope, not yet stored. */
export interface Prepared {
  readonly eventId: string;
  readonly type: string;
  readonly data: never;
  readonly meta: Envelope;
  /** As it goes to the store. */
  readonly stored: NewEvent;
  /** As a server counts it against the size of an append: data, metadata and twice the characters of the type. */
  readonly bytes: number;
}

/** @throws Error when the event could not be read again: it would stop every reader of the log, so it never gets there */
export function prepared(
  { events }: AnyDecider,
  event: Pick<Prepared, 'eventId' | 'type' | 'data' | 'meta'>,
): Prepared {
  const { eventId, type, data, meta } = event;
  const wrong = events.shapes[type]?.safeParse(data).error ?? envelope.safeParse(meta).error;
  if (wrong) {
    const where = wrong.issues.map(({ path }) => path.join('.')).join(', ');
    throw new Error(`${type} does not fit its own shape: ${where}`);
  }
  const [dataText, metaText] = [canonicalize(data) ?? '{}', canonicalize(meta) ?? '{}'];
  const stored = { eventId, type, data: parsed(dataText), metadata: parsed(metaText) };
  const bytes = Buffer.byteLength(dataText) + Buffer.byteLength(metaText) + 2 * type.length;
  return { ...event, stored, bytes };
}

/** As it is stored: keys in RFC 8785 order, so that the bytes can be hashed by anyone who has the event. */
const parsed = (canonical: string): Record<string, unknown> =>
  // Data and envelopes are objects by their shapes, and stay so.
  JSON.parse(canonical) as Record<string, unknown>;
