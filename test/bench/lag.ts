import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { percentiles, type Side } from './figure.js';
import { openLoop, type Lane } from './loops.js';

/** When each event was seen by a reader. */
export class Sightings {
  private readonly seenAt = new Map<string, number>();

  saw(eventId: string, at = performance.now()): void {
    if (!this.seenAt.has(eventId)) this.seenAt.set(eventId, at);
  }

  at(eventId: string): number | undefined {
    return this.seenAt.get(eventId);
  }
}

/** One operation of a schedule. */
export interface Sent {
  readonly intendedAt: number;
  readonly acknowledgedAt: number;
  readonly eventIds: readonly string[];
}

/** Looks about every millisecond for rows of the audit index that have become visible, on a connection of its own. */
export async function watchRows(databaseUrl: string, sightings: Sightings): Promise<() => Promise<void>> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const stopping = new AbortController();
  const watch = async () => {
    let after = '-1';
    while (!stopping.signal.aborted) {
      const { rows } = await client.query<{ position: string; event_id: string }>({
        name: 'watch',
        text: 'SELECT position, event_id FROM views.audit_index WHERE position > $1 ORDER BY position',
        values: [after],
      });
      const at = performance.now();
      for (const { event_id } of rows) sightings.saw(event_id, at);
      after = rows.at(-1)?.position ?? after;
      await pause(1);
    }
  };
  const watching = watch();
  return async () => {
    stopping.abort();
    await watching.finally(() => client.end());
  };
}

/** Longer than this behind its schedule, a rate is not held. */
const BEHIND_MAX_MS = 1_000;

export class NotHeld extends Error {
  override readonly name = 'NotHeld';
}

/**
 * Sends by schedule, each lane in its turn. A lane's next operation waits for the answer to its last, and is late by that
 * much. @throws NotHeld when the answers fall behind the schedule
 */
export async function sendBySchedule(
  lanes: readonly Lane[],
  perSecond: number,
  durationMs: number,
): Promise<Sent[]> {
  const sent: Sent[] = [];
  const turns: Promise<void>[] = lanes.map(() => Promise.resolve());
  await openLoop(perSecond, durationMs, (index, intendedAt) => {
    const number = index % lanes.length;
    const turn = Promise.resolve(turns[number]).then(async () => {
      const inTime = () => {
        if (performance.now() > intendedAt + BEHIND_MAX_MS) throw new NotHeld('the answers fell behind');
      };
      inTime();
      const eventIds = (await lanes[number]?.()) ?? [];
      inTime();
      sent.push({ intendedAt, acknowledgedAt: performance.now(), eventIds });
    });
    turns[number] = turn;
    return turn;
  });
  return sent;
}

/** Waits until all of it has been seen, or throws NotHeld. */
export async function allSeen(sent: readonly Sent[], sightings: Sightings): Promise<void> {
  const deadline = performance.now() + 10 * BEHIND_MAX_MS;
  for (const { eventIds } of sent) {
    while (eventIds.some((eventId) => sightings.at(eventId) === undefined)) {
      if (performance.now() > deadline) throw new NotHeld('not everything became visible');
      await pause(5);
    }
  }
}

/** How long after `from` the last event of each operation was seen; seen before, no time at all. */
export function lagOf(
  what: string,
  sent: readonly Sent[],
  sightings: Sightings,
  from: 'acknowledgedAt' | 'intendedAt',
): Side {
  const lags = sent.map(({ eventIds, [from]: since }) => {
    const seenAt = Math.max(...eventIds.map((eventId) => sightings.at(eventId) ?? Infinity));
    return Math.max(0, seenAt - since);
  });
  const { p50Ms, p99Ms } = percentiles(lags);
  return { what, value: p99Ms, rounds: [p99Ms], p50Ms, p99Ms };
}
