import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { instantOf } from '#kernel/time';
import { Executor } from './execute.js';
import { measureExecutor } from './executor-metrics.js';
import { meter } from './fixtures/meter.js';
import { cause, Meters } from './fixtures/meters.js';
import { defaultLimits, LimitExceeded, type Limits } from './limits.js';

let meters: Meters;
beforeAll(async () => {
  meters = await Meters.open();
});
afterAll(() => meters.close());

const executorWith = (limits: Partial<Limits>): Executor => {
  const { store, clock, catalogue } = meters.engine;
  return new Executor(store, clock, catalogue, { ...defaultLimits, ...limits });
};
const count = (executor: Executor, id: string, by = 1) =>
  executor.execute({ decider: meter, id, command: { type: 'CountMeter', data: { by } }, cause: cause() });

test('a stream takes commands up to its limit, and what falls due beyond it', async () => {
  const executor = executorWith({ streamEventsMax: 3 });
  const id = await meters.placed(instantOf('2026-03-02T00:00:00Z'), 2);
  await count(executor, id);
  await count(executor, id);
  await expect(count(executor, id)).rejects.toMatchObject({ name: 'LimitExceeded', limit: 'stream-events' });
  await executor.wake(meter, id, instantOf('2026-03-03T00:00:00Z'));
  expect(await meters.typesOf(id)).toEqual([
    ...['MeterPlaced', 'MeterCounted', 'MeterCounted'],
    ...['MeterRead', 'MeterRead'],
  ]);
});

test('an event beyond the limit is refused with its size, and nothing of the command is stored', async () => {
  const id = await meters.placed();
  const refused = count(executorWith({ eventBytesMax: 100 }), id);
  await expect(refused).rejects.toThrow(LimitExceeded);
  await expect(refused).rejects.toThrow(/\d{3} bytes; 100 is the limit/);
  expect(await meters.typesOf(id)).toEqual(['MeterPlaced']);
});

test('the cache stays below its bytes, however many aggregates are asked and however much they grow', async () => {
  const executor = executorWith({ cacheBytesMax: 8_000 });
  const ids = await Promise.all(Array.from({ length: 12 }, () => meters.placed()));
  for (const id of [...ids, ...ids]) {
    await count(executor, id);
    expect(executor.aggregates.bytes).toBeLessThanOrEqual(8_000);
  }
  expect(executor.aggregates.count).toBeGreaterThan(0);
  expect(executor.aggregates.count).toBeLessThan(ids.length);
});

test('what is asked, stored and kept is measured', async () => {
  const executor = executorWith({});
  const registry = new Registry();
  measureExecutor(registry, executor);
  const id = await meters.placed();
  await count(executor, id);
  await count(executor, id, 0);
  const valueOf = async (line: RegExp) => Number(line.exec(await registry.metrics())?.[1]);
  expect(await valueOf(/fourstar_commands_total\{command="CountMeter",outcome="done"\} (\d+)/)).toBe(1);
  expect(await valueOf(/fourstar_commands_total\{command="CountMeter",outcome="nothing"\} (\d+)/)).toBe(1);
  expect(await valueOf(/fourstar_stream_events_sum (\d+)/)).toBe(2);
  expect(await valueOf(/fourstar_event_bytes_bucket\{le="512"\} (\d+)/)).toBe(1);
  expect(await valueOf(/fourstar_aggregates_cached (\d+)/)).toBe(1);
  expect(await valueOf(/fourstar_aggregate_cache_bytes (\d+)/)).toBe(executor.aggregates.bytes);
  const asked = count(executor, id);
  expect(await valueOf(/fourstar_commands_in_flight (\d+)/)).toBe(1);
  await asked;
  expect(await valueOf(/fourstar_commands_in_flight (\d+)/)).toBe(0);
});
