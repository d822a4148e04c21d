import { cause } from '#event-store/fixtures/meters';
import { afterEach, expect, test } from '@jest/globals';
import type { RawEvent } from '#event-store/source';
import type { Instant } from '#kernel/time';
import { instantOf } from '#kernel/time';
import { advanceTo } from './advance.js';
import { TimedMeters } from './fixtures/timed-meters.js';

const open: TimedMeters[] = [];
afterEach(async () => {
  for (const timed of open.splice(0)) await timed.close();
});

const end = instantOf('2026-03-09T00:00:00Z');
const reads = ['2026-03-02T08:00:00Z', '2026-03-02T08:00:00Z', '2026-03-03T07:00:00Z'].map(instantOf);
const ids = ['a', 'b', 'c'].map((digit) => `7f2c1b0a-4c0d-4f6e-9a51-0c6f6b5b2f1${digit}`);

/** Three meters with the same ids and commands in a log of their own: what happens to them is the same in each. */
async function placed(): Promise<TimedMeters> {
  const timed = await TimedMeters.open();
  open.push(timed);
  for (const [i, id] of ids.entries()) {
    await timed.meters.ask(id, 'PlaceMeter', { readAt: reads[i], rate: 7, readings: 3 });
  }
  await timed.caughtUp();
  return timed;
}

function advance(timed: TimedMeters, to: Instant, moves: Instant[] = []): Promise<void> {
  return advanceTo(to, {
    dataSource: timed.dataSource,
    worker: timed.worker(),
    now: () => timed.meters.engine.clock.now(),
    moveTo: async (instant) => {
      moves.push(instant);
      await timed.meters.engine.moveClock(instant, cause());
    },
    caughtUp: timed.caughtUp,
  });
}

/** What happened to a meter and when it counts from: all but what only says when and by which command it was written. */
const story = async (timed: TimedMeters, id: string) =>
  (await timed.meters.stored(id)).map(({ type, data, metadata }) => {
    const { effectiveAt, actor } = metadata as Record<string, unknown>;
    return { type, data, effectiveAt, actor };
  });
const recordedAt = ({ metadata }: RawEvent) => (metadata as { recordedAt: string }).recordedAt;
const effectiveAt = ({ metadata }: RawEvent) => (metadata as { effectiveAt: string }).effectiveAt;

test('the clock stops at every instant at which something falls due, and everything then happens on time', async () => {
  const timed = await placed();
  const moves: Instant[] = [];
  await advance(timed, end, moves);
  const days = (first: string) => [0, 1, 2].map((day) => Date.parse(first) + day * 86_400_000);
  const dues = [...new Set(reads.flatMap(days))]
    .sort((a, b) => a - b)
    .map((ms) => new Date(ms).toISOString());
  expect(moves).toEqual([...dues, end]);
  for (const id of ids) {
    const [, ...read] = await timed.meters.stored(id);
    expect(read).toHaveLength(3);
    expect(read.map(recordedAt)).toEqual(read.map(effectiveAt));
  }
});

test('after downtime the timers leave the same events as without, each at its own instant', async () => {
  const [punctual, late] = [await placed(), await placed()];
  await advance(punctual, end);
  await late.moveClock(end);
  await late.drain(late.worker());
  for (const id of ids) {
    expect(await story(late, id)).toEqual(await story(punctual, id));
    expect(recordedAt((await late.meters.stored(id))[1] as RawEvent)).toBe(end);
  }
});

test('after downtime a command that comes before the timers finds, and leaves, what it would have without', async () => {
  const [punctual, late] = [await placed(), await placed()];
  await advance(punctual, end);
  await late.moveClock(end);
  for (const timed of [punctual, late]) await timed.meters.ask(ids[0] ?? '', 'CountMeter', { by: 5 });
  await late.drain(late.worker());
  for (const id of ids) expect(await story(late, id)).toEqual(await story(punctual, id));
});

test('it waits for what another worker holds, and leaves alone what is parked', async () => {
  const timed = await placed();
  const parked = `UPDATE views.timer_work SET parked_at = now() WHERE stream = 'meter-${ids[2]}'`;
  await timed.dataSource.query(
    `INSERT INTO views.timer_work (stream, command, generation, leased_until)
     SELECT stream, command, generation, now() + interval '200 ms' FROM views.deadlines`,
  );
  await timed.dataSource.query(parked);
  await advance(timed, end);
  const counts = await Promise.all(ids.map(async (id) => (await timed.meters.stored(id)).length));
  expect(counts).toEqual([4, 4, 1]);
});
