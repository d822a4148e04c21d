import type { BareClient } from './bare-client.js';
import type { Stream } from './histories.js';

const LANES = 64;
const STREAMS_PER_LANE = 16;
const EVENTS_PER_APPEND = 4;

/**
 * Appends streams piece by piece in turn, about a thousand at a time, so that in the log the events of one lie among those
 * of many others. Answers how many events that were.
 */
export async function fillLog(
  bare: BareClient,
  streams: Iterable<Stream>,
  tell: (appended: number) => void,
): Promise<number> {
  let appended = 0;
  const rest = streams[Symbol.iterator]();
  for (;;) {
    const cohorts = Array.from({ length: LANES }, () => take(rest, STREAMS_PER_LANE));
    await Promise.all(cohorts.map((cohort) => appendInTurn(bare, cohort)));
    const added = cohorts.flat().reduce((sum, { events }) => sum + events.length, 0);
    if (added === 0) return appended;
    appended += added;
    tell(appended);
  }
}

function take<T>(from: Iterator<T>, count: number): T[] {
  const taken: T[] = [];
  while (taken.length < count) {
    const { done, value } = from.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

async function appendInTurn(bare: BareClient, cohort: readonly Stream[]): Promise<void> {
  const longest = Math.max(0, ...cohort.map(({ events }) => events.length));
  for (let from = 0; from < longest; from += EVENTS_PER_APPEND) {
    for (const { name, events } of cohort) {
      const piece = events.slice(from, from + EVENTS_PER_APPEND);
      if (piece.length > 0) await bare.append(name, from - 1, piece);
    }
  }
}
