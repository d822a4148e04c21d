import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { meter } from '#event-store/fixtures/meter';
import { instantOf } from '#kernel/time';
import { cause } from '#event-store/fixtures/meters';
import { advanceTo } from './advance.js';
import { TimedMeters } from './fixtures/timed-meters.js';
import { timerStatus } from './status.js';
import type { TimerWorker } from './worker.js';

let timed: TimedMeters;
beforeEach(async () => {
  timed = await TimedMeters.open();
});
afterEach(() => timed.close());

const read = 'MeterRead';
const [second, third] = [instantOf('2026-03-02T00:00:00Z'), instantOf('2026-03-02T00:00:01Z')];
const typesOf = (id: string) => timed.meters.typesOf(id);
const standing = () => timerStatus(timed.dataSource, timed.meters.engine.clock.now());
const dueMeter = async () => {
  const id = await timed.placed(second);
  await timed.moveClock(second);
  return id;
};

/** A worker whose reading of one meter fails until it is mended. */
function breaking(id: string): { worker: TimerWorker; mend: () => void } {
  let broken = true;
  const decide: typeof meter.decide = {
    ...meter.decide,
    ReadMeter: (...asked) => {
      if (broken && asked[2].id === id) throw new RangeError('the dial is off its axle');
      return meter.decide.ReadMeter(...asked);
    },
  };
  const worker = timed.worker({ deciders: new Map([['meter', { ...meter, decide }]]) });
  return { worker, mend: () => (broken = false) };
}

async function park(id: string, worker: TimerWorker): Promise<string> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    await timed.drain(worker);
    await timed.dataSource.query('UPDATE views.timer_work SET not_before = now()');
  }
  const { parked_at } = (await timed.work(id)) ?? {};
  if (!parked_at) throw new Error('it was not parked');
  return parked_at.toISOString();
}

test('a timer that is held fires no more, counts as held and not as due, and blocks nobody', async () => {
  const [id, other] = [await timed.placed(second), await timed.placed(second)];
  expect(await timed.care('HoldTimer', id)).toEqual(['TimerHeld']);
  await timed.moveClock(second);
  await timed.drain(timed.worker());
  expect([await typesOf(id), await typesOf(other)]).toEqual([['MeterPlaced'], ['MeterPlaced', read]]);
  expect(await standing()).toMatchObject({ due: 0, held: 1, parked: 0, oldestDueAgeSeconds: 0 });
});

test('once released it fires, with its own instant', async () => {
  const id = await dueMeter();
  await timed.care('HoldTimer', id);
  await timed.moveClock(third);
  await timed.drain(timed.worker());
  expect(await timed.care('ReleaseTimer', id)).toEqual(['TimerReleased']);
  expect(await standing()).toMatchObject({ due: 1, held: 0 });
  await timed.drain(timed.worker());
  const [, event] = await timed.meters.stored(id);
  expect(event).toMatchObject({ type: read, metadata: { effectiveAt: second, recordedAt: third } });
});

test('one that is skipped fires no more and is counted nowhere, until it is released', async () => {
  const id = await dueMeter();
  expect(await timed.care('SkipTimer', id)).toEqual(['TimerSkipped']);
  await timed.drain(timed.worker());
  expect(await typesOf(id)).toEqual(['MeterPlaced']);
  expect(await standing()).toMatchObject({ due: 0, held: 0, parked: 0 });
  await timed.care('ReleaseTimer', id);
  await timed.drain(timed.worker());
  expect(await typesOf(id)).toEqual(['MeterPlaced', read]);
});

test('a hold binds the timers only: whoever commands the aggregate settles what is due', async () => {
  const id = await dueMeter();
  await timed.care('HoldTimer', id);
  await timed.meters.ask(id, 'CountMeter', { by: 5 });
  expect(await typesOf(id)).toEqual(['MeterPlaced', read, 'MeterCounted']);
});

test('one that was parked is tried again when released, and succeeds once the cause is gone', async () => {
  const id = await dueMeter();
  const { worker, mend } = breaking(id);
  const parkedAt = await park(id, worker);
  expect(await timed.care('ReleaseTimer', id)).toEqual([]);
  await timed.drain(worker);
  expect(await standing()).toMatchObject({ due: 0, parked: 1 });
  mend();
  expect(await timed.care('ReleaseTimer', id, '1', { parkedAt })).toEqual(['TimerReleased']);
  expect(await standing()).toMatchObject({ due: 1, parked: 0 });
  await timed.drain(worker);
  expect(await typesOf(id)).toEqual(['MeterPlaced', read]);
});

test('released too early it has all of its attempts again, is parked anew, and that is released anew', async () => {
  const id = await dueMeter();
  const { worker, mend } = breaking(id);
  const first = await park(id, worker);
  await timed.care('ReleaseTimer', id, '1', { parkedAt: first });
  await timed.drain(worker);
  expect(await timed.work(id)).toMatchObject({ attempts: 1, parked_at: null });
  await timed.dataSource.query('UPDATE views.timer_work SET not_before = now()');
  const again = await park(id, worker);
  mend();
  expect(await timed.care('ReleaseTimer', id, '1', { parkedAt: first })).toEqual([]);
  expect(await timed.care('ReleaseTimer', id, '1', { parkedAt: again })).toEqual(['TimerReleased']);
  await timed.drain(worker);
  expect(await typesOf(id)).toEqual(['MeterPlaced', read]);
});

test('a disagreement is asked about again when released', async () => {
  const id = await dueMeter();
  await timed.drain(timed.worker());
  await timed.dataSource.query(
    `INSERT INTO views.timer_work (stream, command, generation, answered_position, parked_at)
     SELECT stream, command, generation, 0, '2026-03-02T00:00:00Z' FROM views.deadlines`,
  );
  await timed.moveClock(instantOf('2026-03-03T00:00:00Z'));
  await timed.drain(timed.worker());
  expect(await typesOf(id)).toEqual(['MeterPlaced', read]);
  await timed.care('ReleaseTimer', id, '2', { parkedAt: second });
  await timed.drain(timed.worker());
  expect(await typesOf(id)).toEqual(['MeterPlaced', read, read]);
});

test('a simulated clock moves past what is held', async () => {
  const id = await timed.placed(second);
  await timed.care('HoldTimer', id);
  await advanceTo(third, {
    dataSource: timed.dataSource,
    worker: timed.worker(),
    now: () => timed.meters.engine.clock.now(),
    moveTo: (instant) => timed.meters.engine.moveClock(instant, cause()),
    caughtUp: timed.caughtUp,
  });
  expect(timed.meters.engine.clock.now()).toBe(third);
  expect(await typesOf(id)).toEqual(['MeterPlaced']);
});

test('to hold what does not exist is noted and harms nobody', async () => {
  const id = await dueMeter();
  expect(await timed.care('HoldTimer', id, '99')).toEqual(['TimerHeld']);
  expect(await timed.care('HoldTimer', id, '99')).toEqual([]);
  await timed.drain(timed.worker());
  expect(await typesOf(id)).toEqual(['MeterPlaced', read]);
});
