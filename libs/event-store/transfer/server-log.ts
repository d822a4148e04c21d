import { START } from '@eventstore/db-client';
import type { EventStore } from '../store.js';
import { lineOf, type LogLine } from './log-line.js';

/** The part of a log after one position and up to another, either of which may be left open. */
export interface Stretch {
  readonly after?: bigint;
  readonly upTo?: bigint;
}

/** The application's events on a server, in the order of its log. What the server writes for itself is left out. */
export async function* linesOf(store: EventStore, { after, upTo }: Stretch = {}): AsyncGenerator<LogLine> {
  const fromPosition = after === undefined ? START : { commit: after, prepare: after };
  for await (const event of store.readAll({ fromPosition })) {
    if (upTo !== undefined && event.position > upTo) return;
    // A read includes the position that it starts from.
    if (event.position === after || event.stream.startsWith('$')) continue;
    yield lineOf(event);
    if (event.position === upTo) return;
  }
}
