import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { StoreUnavailable } from '#event-store/ask';
import { meter } from '#event-store/fixtures/meter';
import { streamOf } from '#kernel/recorded';
import { instantOf } from '#kernel/time';
import { until } from '../../test/support/projecting.js';
import { claimDue, sweep } from './claim.js';
import { TimedMeters } from './fixtures/timed-meters.js';
import { timerStatus } from './status.js';

let timed: TimedMeters;
beforeEach(async () => {
  timed = await TimedMeters.open();
});
afterEach(() => timed.close());

const march = (day: number) => instantOf(`2026-03-${String(day).padStart(2, '0')}T00:00:00Z`);
const read = 'MeterRead';
const now = () => timed.meters.engine.clock.now();
const tryAgain = () => timed.dataSource.query('UPDATE views.timer_work SET not_before = now()');
const plant = (id: string, generation: string) =>
  timed.dataSource.query(
    `INSERT INTO views.deadlines (stream, command, generation, due_at, category, aggregate_id, started_by)
     VALUES ($1, 'ReadMeter', $2, '2026-03-01T00:00:00Z', 'meter', $3, gen_random_uuid())`,
    [streamOf('meter', id), generation, id],
  );

test('several workers at once settle each deadline exactly once, and all of them', async () => {
  const ids = await Promise.all(Array.from({ length: 40 }, () => timed.meters.placed(march(2))));
  await timed.moveClock(march(20));
  const { engine, other } = timed.meters;
  await until(() => other.clock.now() === march(20));
  const stop = new AbortController();
  const working = [engine, other, engine].map((by, i) =>
    timed.worker({ worker: `worker-${i}`, batch: 7, idleMs: 5 }, by).run(stop.signal),
  );
  await timed.caughtUp();
  await until(async () => {
    await timed.caughtUp();
    const [{ open }]: [{ open: number }] = await timed.dataSource.query(
      'SELECT (SELECT count(*) FROM views.deadlines) + (SELECT count(*) FROM views.timer_work) AS open',
    );
    return Number(open) === 0;
  });
  stop.abort();
  await Promise.all(working);
  for (const id of ids) expect(await timed.meters.typesOf(id)).toEqual(['MeterPlaced', read, read, read]);
});

test('an aggregate that fails is tried again, then parked with its cause, and blocks nobody', async () => {
  const [bad, good] = [await timed.placed(march(2)), await timed.placed(march(3))];
  const broken = {
    ...meter,
    decide: {
      ...meter.decide,
      ReadMeter: (...asked: Parameters<typeof meter.decide.ReadMeter>) => {
        if (asked[2].id === bad) throw new RangeError('the dial is off its axle');
        return meter.decide.ReadMeter(...asked);
      },
    },
  };
  const worker = timed.worker({ deciders: new Map([['meter', broken]]), batch: 1 });
  await timed.moveClock(march(3));
  await timed.drain(worker);
  expect(await timed.meters.typesOf(good)).toEqual(['MeterPlaced', read]);
  expect(await timed.work(bad)).toMatchObject({ attempts: 1, parked_at: null });
  for (let attempt = 2; attempt <= 5; attempt++) {
    await tryAgain();
    await timed.drain(worker);
  }
  const cause = 'RangeError: the dial is off its axle';
  expect(await timed.work(bad)).toMatchObject({ cause, parked_at: expect.any(Date), leased_until: null });
  await tryAgain();
  expect(await worker.drainOnce()).toBe(0);
  expect(await timerStatus(timed.dataSource, march(3))).toMatchObject({ due: 0, parked: 1 });
});

test('a store that is down costs no attempt, however often', async () => {
  const id = await timed.placed(march(2));
  await timed.moveClock(march(2));
  const wake = () => Promise.reject(new StoreUnavailable('down'));
  for (let i = 0; i < 7; i++) {
    await timed.worker({ wake }).drainOnce();
    await tryAgain();
  }
  expect(await timed.work(id)).toMatchObject({ attempts: 0, parked_at: null });
  await timed.drain(timed.worker());
  expect(await timed.meters.typesOf(id)).toEqual(['MeterPlaced', read]);
});

test('what was answered is left alone until the table has passed the answer, and swept afterwards', async () => {
  const id = await timed.placed(march(2));
  await timed.moveClock(march(2));
  await timed.caughtUp();
  await timed.hold();
  let asked = 0;
  const worker = timed.worker({
    wake: (...due) => (asked++, timed.meters.engine.executor.wake(...due)),
  });
  await worker.drainOnce();
  const { answered_position } = (await timed.work(id)) ?? {};
  expect(answered_position).toBe(String((await timed.meters.stored(id)).at(-1)?.position));
  expect([await worker.drainOnce(), asked]).toEqual([0, 1]);
  timed.project();
  await timed.drain(worker);
  await sweep(timed.dataSource);
  expect([await timed.work(id), asked]).toEqual([undefined, 1]);
});

test('a row that is due after its answer is parked as a disagreement, and only that row', async () => {
  const id = await timed.placed(march(2));
  await plant(id, '9');
  const worker = timed.worker();
  await worker.drainOnce();
  expect(await timed.work(id, '9')).toMatchObject({ parked_at: null });
  await timed.moveClock(march(2));
  await timed.drain(worker);
  expect(await timed.work(id, '9')).toMatchObject({
    cause: expect.stringContaining('table says otherwise'),
    parked_at: expect.any(Date),
  });
  await timed.drain(worker);
  expect(await timed.meters.typesOf(id)).toEqual(['MeterPlaced', read]);
  expect(await timerStatus(timed.dataSource, march(2))).toMatchObject({ due: 0, parked: 1 });
});

test('what a worker that died had claimed is taken over when its lease ends', async () => {
  const id = await timed.placed(march(2));
  await timed.moveClock(march(2));
  expect(await claimDue(timed.dataSource, now(), 10, 3_600_000)).toHaveLength(1);
  expect(await timed.worker().drainOnce()).toBe(0);
  await timed.dataSource.query(`UPDATE views.timer_work SET leased_until = now() - interval '1 ms'`);
  await timed.drain(timed.worker());
  expect(await timed.meters.typesOf(id)).toEqual(['MeterPlaced', read]);
});

test('an answer that comes after the lease ended undoes nothing of the one who took over', async () => {
  const id = await timed.placed(march(2));
  await timed.moveClock(march(2));
  await timed.caughtUp();
  await timed.hold();
  const slow = timed.worker({
    leaseMs: 0,
    wake: async () => {
      await timed.worker().drainOnce();
      throw new Error('too late');
    },
  });
  await slow.drainOnce();
  expect(await timed.work(id)).toMatchObject({ attempts: 0, cause: null, parked_at: null });
});

test('a table that is dropped is no reason to work on: whoever runs the worker hears of it', async () => {
  await timed.dataSource.query('DROP TABLE views.timer_work');
  await expect(timed.worker().run(new AbortController().signal)).rejects.toThrow('timer_work');
});

test('its standing shows what is due, since when, and when a worker last gave a sign of life', async () => {
  expect(await timerStatus(timed.dataSource, now())).toEqual({
    due: 0,
    parked: 0,
    held: 0,
    oldestDueAgeSeconds: 0,
    heartbeatAgeSeconds: undefined,
  });
  await timed.placed(march(2));
  await timed.moveClock(march(4));
  const status = await timerStatus(timed.dataSource, march(4));
  expect(status).toMatchObject({ due: 1, oldestDueAgeSeconds: 2 * 86_400 });
  const stop = new AbortController();
  const working = timed.worker({ idleMs: 1 }).run(stop.signal);
  await until(async () => (await timerStatus(timed.dataSource, march(4))).due === 0);
  stop.abort();
  await working;
  expect(await timerStatus(timed.dataSource, march(4))).toMatchObject({
    due: 0,
    oldestDueAgeSeconds: 0,
    heartbeatAgeSeconds: expect.any(Number),
  });
});
