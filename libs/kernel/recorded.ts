import type { Envelope } from './envelope.js';

/** An event as the log holds it, decoded and lifted to today's schema. */
export interface Recorded<D = unknown> {
  readonly eventId: string;
  readonly type: string;
  readonly data: D;
  readonly meta: Envelope;
  /** The aggregate's kind and id: the stream's name is `category-id`. */
  readonly category: string;
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  /** The `$all` commit position: the only order there is across streams. */
  readonly position: bigint;
}

export const streamOf = (category: string, id: string): string => `${category}-${id}`;
