import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Store } from '#embedded/store';
import { instantOf } from '#kernel/time';
import { freshEventStore } from '../../test/support/event-store.js';
import { KeyReused, RevisionConflict, type Cause } from './ask.js';
import { SimulatedClock } from './clock.js';
import { UnknownEventType } from './decode.js';
import { openEngine, type Engine } from './engine.js';
import { Executor, type Ask } from './execute.js';
import { meter, meterEvents } from './fixtures/meter.js';
import { advanceClock, systemCause } from './log.js';
import type { RawEvent } from './source.js';

const NOON = instantOf('2026-03-01T12:00:00Z');
const cause = (commandId: string = randomUUID(), more: Partial<Cause> = {}): Cause => ({
  actor: 'clerk-1',
  authority: 'clerk',
  correlationId: commandId,
  causationId: commandId,
  commandId,
  ...more,
});

let node: Store;
let engine: Engine;
/** A second process, as far as the log can tell: its own cache, its own client, the same log. */
let other: Engine;

beforeAll(async () => {
  node = await freshEventStore();
  const settings = { eventStoreUrl: node.url, events: [meterEvents], simulatedFrom: NOON };
  engine = await openEngine(settings);
  other = await openEngine(settings);
});
afterAll(async () => {
  await engine.close();
  await other.close();
  await node.stop();
});

async function stored(id: string): Promise<RawEvent[]> {
  const events: RawEvent[] = [];
  for await (const event of engine.store.readStream(`meter-${id}`)) events.push(event);
  return events;
}
const typesOf = async (id: string) => (await stored(id)).map(({ type }) => type);

const FAR = instantOf('2030-01-01T00:00:00Z');
async function placed(readAt = FAR): Promise<string> {
  const id = randomUUID();
  await ask(id, 'PlaceMeter', { readAt, rate: 7 });
  return id;
}

function ask(id: string, type: string, data: unknown, more: Partial<Ask> = {}, at: Engine = engine) {
  return at.executor.execute({ decider: meter, id, command: { type, data }, cause: cause(), ...more });
}

test('a command becomes an event with its whole envelope', async () => {
  const id = await placed();
  const mine = cause(randomUUID(), { channel: 'hotline', reason: { code: 'check' }, requestHash: 'h' });
  const answer = await ask(id, 'CountMeter', { by: 2 }, { cause: mine });
  const event = (await stored(id)).at(-1);
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
  const id = await placed();
  const [event] = await stored(id);
  expect(Object.keys(event?.data as object)).toEqual(['rate', 'readAt']);
  const keys = Object.keys(event?.metadata as object);
  expect(keys).toEqual(keys.toSorted());
});

test('a repeat is answered from the stream alone, by any process, and changes nothing', async () => {
  const id = await placed();
  const mine = cause();
  const first = await ask(id, 'CountMeter', { by: 1 }, { cause: mine });
  await ask(id, 'CountMeter', { by: 1 });
  engine.executor.forget();
  for (const at of [engine, other]) {
    const again = await ask(id, 'CountMeter', { by: 1 }, { cause: mine }, at);
    expect(again).toEqual({ ...first, repeated: true });
  }
  expect(await typesOf(id)).toEqual(['MeterPlaced', 'MeterCounted', 'MeterCounted']);
});

test('the same key with another request is refused', async () => {
  const id = await placed();
  const commandId = randomUUID();
  await ask(id, 'CountMeter', { by: 1 }, { cause: cause(commandId, { requestHash: 'a' }) });
  const again = ask(id, 'CountMeter', { by: 2 }, { cause: cause(commandId, { requestHash: 'b' }) });
  await expect(again).rejects.toThrow(KeyReused);
});

test('a repeat is looked up before the pinned revision', async () => {
  const id = await placed();
  const mine = cause();
  await ask(id, 'CountMeter', { by: 1 }, { cause: mine, expectedRevision: 0n });
  const again = await ask(id, 'CountMeter', { by: 1 }, { cause: mine, expectedRevision: 0n });
  expect(again.repeated).toBe(true);
});

test('a pinned revision that is not the stream’s is a conflict, and says which one is', async () => {
  const id = await placed();
  await ask(id, 'CountMeter', { by: 1 }, {}, other);
  const pinned = ask(id, 'CountMeter', { by: 1 }, { expectedRevision: 0n });
  await expect(pinned).rejects.toMatchObject({ name: 'RevisionConflict', pinned: true, actual: 1n });
  await expect(ask(id, 'CountMeter', { by: 1 }, { expectedRevision: 1n })).resolves.toMatchObject({
    revision: 2n,
  });
});

test('a writer who finds the stream moved on decides again', async () => {
  const id = await placed();
  const counts = [engine, other, engine, other].map((at) => ask(id, 'CountMeter', { by: 1 }, {}, at));
  await Promise.all(counts);
  expect(await typesOf(id)).toEqual(['MeterPlaced', ...Array.from({ length: 4 }, () => 'MeterCounted')]);
});

test('32 writers at one aggregate in one process do not conflict with each other', async () => {
  const id = await placed();
  await Promise.all(Array.from({ length: 32 }, () => ask(id, 'CountMeter', { by: 1 })));
  expect(await stored(id)).toHaveLength(33);
});

test('a "no" from a cached state is decided again on a fresh read', async () => {
  const id = await placed();
  await ask(id, 'SealMeter', {});
  await expect(ask(id, 'CountMeter', { by: 1 })).rejects.toThrow('A sealed meter does not count.');
  await ask(id, 'UnsealMeter', {}, {}, other);
  await expect(ask(id, 'CountMeter', { by: 1 })).resolves.toMatchObject({ revision: 3n });
});

test('a "nothing to do" from a cached state is decided again on a fresh read', async () => {
  const id = await placed();
  await ask(id, 'SealMeter', {});
  await ask(id, 'UnsealMeter', {}, {}, other);
  await expect(ask(id, 'SealMeter', {})).resolves.toMatchObject({
    events: [{ type: 'MeterSealed' }],
    revision: 3n,
  });
});

test('what fell due is settled first, in order, each event at its own instant and with its own cause', async () => {
  const firstAt = instantOf('2026-03-02T00:00:00Z');
  const id = await placed(firstAt);
  const [start] = await stored(id);
  await advanceClock(engine.executor, instantOf('2026-03-03T08:00:00Z'), systemCause('system:test'));
  (engine.clock as SimulatedClock).moveTo(instantOf('2026-03-03T08:00:00Z'));
  await ask(id, 'CountMeter', { by: 5 });
  const events = await stored(id);
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

test('k wake-ups by several processes, and commands between them, leave the same events as one', async () => {
  const id = await placed(instantOf('2026-03-02T00:00:00Z'));
  await Promise.all([engine, other, engine, other].map((at) => at.executor.wake(meter, id, NOON)));
  const due = instantOf('2026-03-04T00:00:00Z');
  await Promise.all([engine, other, engine].map((at) => at.executor.wake(meter, id, due)));
  await engine.executor.wake(meter, id, due);
  expect(await typesOf(id)).toEqual(['MeterPlaced', 'MeterRead', 'MeterRead', 'MeterRead']);
  expect(new Set((await stored(id)).map(({ eventId }) => eventId)).size).toBe(4);
});

test('a foreign stream is folded, and stored as the basis of the decision', async () => {
  const [id, from] = [await placed(), await placed()];
  await ask(id, 'RateMeter', { from });
  const event = (await stored(id)).at(-1);
  expect(event).toMatchObject({
    data: { by: 7 },
    metadata: { basis: [{ stream: `meter-${from}`, revision: '0' }] },
  });
});

test('an aggregate that holds an event unknown to this release is refused, and left as it is', async () => {
  const id = await placed();
  const [known] = await stored(id);
  const metadata = known?.metadata as Record<string, unknown>;
  const later = { eventId: randomUUID(), type: 'MeterPainted', data: {}, metadata };
  await engine.store.append(`meter-${id}`, 0n, [later]);
  await expect(ask(id, 'CountMeter', { by: 1 }, {}, other)).rejects.toThrow(UnknownEventType);
  expect(await stored(id)).toHaveLength(2);
});

test('an append whose answer was lost is sent again and stands once', async () => {
  const id = randomUUID();
  const [known] = await stored(await placed());
  const metadata = known?.metadata as Record<string, unknown>;
  const event = { eventId: randomUUID(), type: 'MeterSealed', data: {}, metadata };
  const [first, second] = [
    await engine.store.append(`meter-${id}`, -1n, [event]),
    await other.store.append(`meter-${id}`, -1n, [event]),
  ];
  expect(second).toBe(first);
  const foreign = other.store.append(`meter-${id}`, -1n, [{ ...event, eventId: randomUUID() }]);
  await expect(foreign).rejects.toThrow(RevisionConflict);
});

test('the log has one identity, whoever opened it first', async () => {
  expect(other.logId).toBe(engine.logId);
  const real = openEngine({ eventStoreUrl: node.url, events: [meterEvents] });
  await expect(real).rejects.toThrow('simulated clock');
});

test('an executor with an empty cache folds to the same answers', async () => {
  const id = await placed();
  await ask(id, 'CountMeter', { by: 3 });
  const cold = new Executor(engine.store, engine.clock, engine.catalogue);
  const answer = await cold.execute({
    decider: meter,
    id,
    command: { type: 'CountMeter', data: { by: 0 } },
    cause: cause(),
  });
  expect(answer).toMatchObject({ revision: 1n, events: [] });
});
