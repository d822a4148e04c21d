import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { instantOf } from '#kernel/time';
import { KeyReused, RevisionConflict } from './ask.js';
import { Executor } from './execute.js';
import { meter } from './fixtures/meter.js';
import { cause, Meters, NOON } from './fixtures/meters.js';

let meters: Meters;
beforeAll(async () => {
  meters = await Meters.open();
});
afterAll(() => meters.close());

test('a command becomes an event with its whole envelope', async () => {
  const id = await meters.placed();
  const mine = cause(randomUUID(), { channel: 'hotline', reason: { code: 'check' }, requestHash: 'h' });
  const answer = await meters.ask(id, 'CountMeter', { by: 2 }, { cause: mine });
  const event = (await meters.stored(id)).at(-1);
  expect(event?.metadata).toEqual({
    schemaVersion: 1,
    recordedAt: NOON,
    effectiveAt: NOON,
    actor: 'clerk-1',
    authority: 'clerk',
    channel: 'hotline',
    reason: { code: 'check' },
    requestHash: 'h',
    commandId: mine.commandId,
    $correlationId: mine.commandId,
    $causationId: mine.commandId,
    subjects: [`meter:${id}`],
  });
  expect(answer).toMatchObject({ id, revision: 1n, repeated: false, events: [{ type: 'MeterCounted' }] });
  expect(answer.position).toBe(event?.position);
});

test('what is stored is in RFC 8785 order', async () => {
  const id = await meters.placed();
  const [event] = await meters.stored(id);
  expect(Object.keys(event?.data as object)).toEqual(['rate', 'readAt', 'readings']);
  const keys = Object.keys(event?.metadata as object);
  expect(keys).toEqual(keys.toSorted());
});

test('a repeat is answered from the stream alone, by any process, and changes nothing', async () => {
  const id = await meters.placed();
  const mine = cause();
  const first = await meters.ask(id, 'CountMeter', { by: 1 }, { cause: mine });
  await meters.ask(id, 'CountMeter', { by: 1 });
  meters.engine.executor.forget();
  for (const at of [meters.engine, meters.other]) {
    const again = await meters.ask(id, 'CountMeter', { by: 1 }, { cause: mine }, at);
    expect(again).toEqual({ ...first, repeated: true });
  }
  expect(await meters.typesOf(id)).toEqual(['MeterPlaced', 'MeterCounted', 'MeterCounted']);
});

test('the same key with another request is refused', async () => {
  const id = await meters.placed();
  const commandId = randomUUID();
  await meters.ask(id, 'CountMeter', { by: 1 }, { cause: cause(commandId, { requestHash: 'a' }) });
  const again = meters.ask(id, 'CountMeter', { by: 2 }, { cause: cause(commandId, { requestHash: 'b' }) });
  await expect(again).rejects.toThrow(KeyReused);
});

test('a repeat is looked up before the pinned revision', async () => {
  const id = await meters.placed();
  const mine = cause();
  await meters.ask(id, 'CountMeter', { by: 1 }, { cause: mine, expectedRevision: 0n });
  const again = await meters.ask(id, 'CountMeter', { by: 1 }, { cause: mine, expectedRevision: 0n });
  expect(again.repeated).toBe(true);
});

test('a pinned revision that is not the stream’s is a conflict, and says which one is', async () => {
  const id = await meters.placed();
  await meters.ask(id, 'CountMeter', { by: 1 }, {}, meters.other);
  const pinned = meters.ask(id, 'CountMeter', { by: 1 }, { expectedRevision: 0n });
  await expect(pinned).rejects.toMatchObject({ name: 'RevisionConflict', pinned: true, actual: 1n });
  await expect(meters.ask(id, 'CountMeter', { by: 1 }, { expectedRevision: 1n })).resolves.toMatchObject({
    revision: 2n,
  });
});

test('a writer who finds the stream moved on decides again', async () => {
  const id = await meters.placed();
  const counts = [meters.engine, meters.other, meters.engine, meters.other].map((at) =>
    meters.ask(id, 'CountMeter', { by: 1 }, {}, at),
  );
  await Promise.all(counts);
  expect(await meters.typesOf(id)).toEqual([
    'MeterPlaced',
    ...Array.from({ length: 4 }, () => 'MeterCounted'),
  ]);
});

test('32 writers at one aggregate in one process do not conflict with each other', async () => {
  const id = await meters.placed();
  await Promise.all(Array.from({ length: 32 }, () => meters.ask(id, 'CountMeter', { by: 1 })));
  expect(await meters.stored(id)).toHaveLength(33);
});

test('a "no" from a cached state is decided again on a fresh read', async () => {
  const id = await meters.placed();
  await meters.ask(id, 'SealMeter', {});
  await expect(meters.ask(id, 'CountMeter', { by: 1 })).rejects.toThrow('A sealed meter does not count.');
  await meters.ask(id, 'UnsealMeter', {}, {}, meters.other);
  await expect(meters.ask(id, 'CountMeter', { by: 1 })).resolves.toMatchObject({ revision: 3n });
});

test('a "nothing to do" from a cached state is decided again on a fresh read', async () => {
  const id = await meters.placed();
  await meters.ask(id, 'SealMeter', {});
  await meters.ask(id, 'UnsealMeter', {}, {}, meters.other);
  await expect(meters.ask(id, 'SealMeter', {})).resolves.toMatchObject({
    events: [{ type: 'MeterSealed' }],
    revision: 3n,
  });
});

test('an append whose answer was lost is sent again and stands once', async () => {
  const id = randomUUID();
  const [known] = await meters.stored(await meters.placed());
  const metadata = known?.metadata as Record<string, unknown>;
  const event = { eventId: randomUUID(), type: 'MeterSealed', data: {}, metadata };
  const [first, second] = [
    await meters.engine.store.append(`meter-${id}`, -1n, [event]),
    await meters.other.store.append(`meter-${id}`, -1n, [event]),
  ];
  expect(second).toBe(first);
  const foreign = meters.other.store.append(`meter-${id}`, -1n, [{ ...event, eventId: randomUUID() }]);
  await expect(foreign).rejects.toThrow(RevisionConflict);
});

test('an executor with an empty cache folds to the same answers', async () => {
  const id = await meters.placed();
  await meters.ask(id, 'CountMeter', { by: 3 });
  const cold = new Executor(meters.engine.store, meters.engine.clock, meters.engine.catalogue);
  const answer = await cold.execute({
    decider: meter,
    id,
    command: { type: 'CountMeter', data: { by: 0 } },
    cause: cause(),
  });
  expect(answer).toMatchObject({ revision: 1n, events: [] });
});

test('two processes that decide one command at different instants do not both believe that theirs was stored', async () => {
  const id = await meters.placed();
  // The other process knows the stream, and is slow to hear of what the first one stores after that.
  await meters.ask(id, 'CountMeter', { by: 1 }, {}, meters.other);
  const mine = cause();
  const first = await meters.ask(id, 'CountMeter', { by: 5 }, { cause: mine });
  await meters.other.moveClock(instantOf('2026-03-01T12:00:01Z'), cause());
  const again = await meters.ask(id, 'CountMeter', { by: 5 }, { cause: mine }, meters.other);
  expect(again).toEqual({ ...first, repeated: true });
});

test('a create whose id was made for it asks the store only once, and a repeat of it is told from the stream', async () => {
  const id = randomUUID();
  const mine = cause();
  const place = () =>
    meters.ask(
      id,
      'PlaceMeter',
      { readAt: instantOf('2030-01-01T00:00:00Z'), rate: 1, readings: 1 },
      { cause: mine, creates: true },
      meters.other,
    );
  const first = await place();
  meters.other.executor.forget();
  await meters.engine.moveClock(instantOf('2026-03-01T12:00:05Z'), cause());
  await meters.other.moveClock(instantOf('2026-03-01T12:00:05Z'), cause());
  expect(await place()).toEqual({ ...first, repeated: true });
  expect(await meters.typesOf(id)).toEqual(['MeterPlaced']);
});
