import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { claimDue } from './claim.js';
import { TimedMeters } from './fixtures/timed-meters.js';
import { instantOf } from '#kernel/time';

let timed: TimedMeters;
beforeEach(async () => {
  timed = await TimedMeters.open();
  await timed.hold();
});
afterEach(() => timed.close());

const now = instantOf('2026-03-02T00:00:00Z');
const plant = (count: number, dueAt: string, name: string) =>
  timed.dataSource.query(
    `INSERT INTO views.deadlines (stream, command, generation, due_at, category, aggregate_id, started_by)
     SELECT $3 || i, 'ReadMeter', '1', $2::timestamptz + i * interval '1 second', 'meter', $3 || i, gen_random_uuid()
     FROM generate_series(1, $1::int) i`,
    [count, dueAt, name],
  );

/** How many blocks of tables and indexes the statements of a claim look at. */
async function blocksOfClaim(): Promise<number> {
  let blocks = 0;
  const explaining = async (sql: string, parameters: unknown[]) => {
    const [row]: [{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }] = await timed.dataSource.query(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`,
      parameters,
    );
    const [{ Plan }] = row['QUERY PLAN'];
    blocks += (Plan['Shared Hit Blocks'] ?? 0) + (Plan['Shared Read Blocks'] ?? 0);
    return [[], 0];
  };
  await claimDue({ query: explaining as DataSource['query'] }, now, 10, 60_000);
  return blocks;
}

test('the oldest come first, nobody gets what another holds, and what is to come stays', async () => {
  await plant(6, '2026-03-01T00:00:00Z', 'old-');
  await plant(6, '2026-03-02T00:00:00Z', 'future-');
  const claim = async (limit: number) =>
    (await claimDue(timed.dataSource, now, limit, 60_000)).map(({ stream }) => stream);
  expect((await claim(2)).sort()).toEqual(['old-1', 'old-2']);
  const both = await Promise.all([claim(2), claim(9)]);
  const rest = both.flat();
  expect(new Set(rest).size).toBe(rest.length);
  expect([...rest, ...(await claim(9))].sort()).toEqual(['old-3', 'old-4', 'old-5', 'old-6']);
  expect(await claim(9)).toEqual([]);
});

test('a claim costs the same among sixty deadlines and among fifty thousand, due and to come', async () => {
  const measured = async () => {
    await timed.dataSource.query('ANALYZE views.deadlines, views.timer_work');
    return blocksOfClaim();
  };
  await plant(60, '2026-03-01T06:00:00Z', 'few-');
  const few = await measured();
  await plant(25_000, '2026-03-02T00:00:00Z', 'ahead-');
  await plant(25_000, '2026-03-01T12:00:00Z', 'behind-');
  expect(await measured()).toBeLessThan(2 * few);
});
