import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { instantOf } from '#kernel/time';
import { UnknownEventType } from './decode.js';
import { openEngine } from './engine.js';
import { meter, meterEvents } from './fixtures/meter.js';
import { cause, Meters, NOON } from './fixtures/meters.js';

let meters: Meters;
beforeAll(async () => {
  meters = await Meters.open();
});
afterAll(() => meters.close());

test('what fell due is settled first, in order, each event at its own instant and with its own cause', async () => {
  const firstAt = instantOf('2026-03-02T00:00:00Z');
  const id = await meters.placed(firstAt);
  const [start] = await meters.stored(id);
  await meters.engine.moveClock(instantOf('2026-03-03T08:00:00Z'), cause());
  await meters.ask(id, 'CountMeter', { by: 5 });
  const events = await meters.stored(id);
  expect(events.map(({ type, data }) => [type, (data as { round?: number }).round])).toEqual([
    ['MeterPlaced', undefined],
    ['MeterRead', 1],
    ['MeterRead', 2],
    ['MeterCounted', undefined],
  ]);
  expect(events[1]?.metadata).toMatchObject({
    actor: 'system:deadline',
    effectiveAt: firstAt,
    recordedAt: '2026-03-03T08:00:00.000Z',
    $causationId: start?.eventId,
  });
  expect(events[2]?.metadata).toMatchObject({
    effectiveAt: '2026-03-03T00:00:00.000Z',
    $causationId: events[1]?.eventId,
  });
});

test('what fell due over years does not fit into one append, and is settled all the same, before the command', async () => {
  const id = await meters.placed(instantOf('2024-01-01T00:00:00Z'), 350);
  const pinned = await meters.ask(id, 'CountMeter', { by: 1 }, { expectedRevision: 0n });
  const types = await meters.typesOf(id);
  expect(types).toEqual(['MeterPlaced', ...Array.from({ length: 350 }, () => 'MeterRead'), 'MeterCounted']);
  expect(pinned).toMatchObject({ revision: 351n, events: [{ type: 'MeterCounted' }] });
});

test('k wake-ups by several processes, and commands between them, leave the same events as one', async () => {
  const id = await meters.placed(instantOf('2026-03-02T00:00:00Z'));
  await Promise.all(
    [meters.engine, meters.other, meters.engine, meters.other].map((at) => at.executor.wake(meter, id, NOON)),
  );
  const due = instantOf('2026-03-04T00:00:00Z');
  await Promise.all(
    [meters.engine, meters.other, meters.engine].map((at) => at.executor.wake(meter, id, due)),
  );
  await meters.engine.executor.wake(meter, id, due);
  expect(await meters.typesOf(id)).toEqual(['MeterPlaced', 'MeterRead', 'MeterRead', 'MeterRead']);
  expect(new Set((await meters.stored(id)).map(({ eventId }) => eventId)).size).toBe(4);
});

test('a foreign stream is folded, and stored as the basis of the decision', async () => {
  const [id, from] = [await meters.placed(), await meters.placed()];
  await meters.ask(id, 'RateMeter', { from });
  const event = (await meters.stored(id)).at(-1);
  expect(event).toMatchObject({
    data: { by: 7 },
    metadata: { basis: [{ stream: `meter-${from}`, revision: '0' }] },
  });
});

test('an aggregate that holds an event unknown to this release is refused, and left as it is', async () => {
  const id = await meters.placed();
  const [known] = await meters.stored(id);
  const metadata = known?.metadata as Record<string, unknown>;
  const later = { eventId: randomUUID(), type: 'MeterPainted', data: {}, metadata };
  await meters.engine.store.append(`meter-${id}`, 0n, [later]);
  await expect(meters.ask(id, 'CountMeter', { by: 1 }, {}, meters.other)).rejects.toThrow(UnknownEventType);
  expect(await meters.stored(id)).toHaveLength(2);
});

test('the log has one identity, whoever opened it first', async () => {
  expect(meters.other.logId).toBe(meters.engine.logId);
  const real = openEngine({ eventStoreUrl: meters.url, events: [meterEvents] });
  await expect(real).rejects.toThrow('simulated clock');
});

test('an event that could not be read again is not written', async () => {
  const id = await meters.placed();
  // The rule of counting takes any number here; the event's shape takes whole ones.
  await expect(meters.ask(id, 'CountMeter', { by: 0.5 })).rejects.toThrow(
    'MeterCounted does not fit its own shape: by',
  );
  expect(await meters.typesOf(id)).toEqual(['MeterPlaced']);
});
