import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { contracts } from '#contract/tables/contracts';
import { contractTerms } from '#contract/tables/terms';
import { contractEvents } from '#contract/events';
import { catalogueOf } from '#event-store/decode';
import { instantOf } from '#kernel/time';
import { record, renewedTwice, terminated, withdrawn } from '../../test/support/contract-lives.js';
import { MemoryLog } from '../../test/support/memory-log.js';
import { freshDatabase } from '../../test/support/postgres.js';
import { connect, reached, run, stopAll } from '../../test/support/projecting.js';
import { overdueContracts } from './overdue-contracts.js';

const projections = [contracts, contractTerms];
let database: Awaited<ReturnType<typeof freshDatabase>>;
let dataSource: DataSource;

beforeEach(async () => {
  database = await freshDatabase();
  dataSource = await connect(database.url, projections);
});
afterEach(async () => {
  await stopAll();
  await dataSource.destroy();
  await database.drop();
});

test('it finds the contract whose term is over and that nobody woke, and no other', async () => {
  const log = new MemoryLog();
  for (const [i, life] of [renewedTwice(), terminated(), withdrawn()].entries())
    record(log, `5f0c7a52-6c0a-4d63-9d0b-00000000000${i}`, life.events);
  await reached(run(dataSource, log, { projections, catalogue: catalogueOf([contractEvents]) }), log.head);
  // Only the last of the three is in force: its first term ends with 15 March 2026 in Shanghai.
  expect(await overdueContracts(dataSource, instantOf('2026-03-15T16:00:59Z'))).toBe(0);
  expect(await overdueContracts(dataSource, instantOf('2026-03-15T16:01:01Z'))).toBe(1);
  expect(await overdueContracts(dataSource, undefined)).toBe(
    new Date() > new Date('2026-03-15T16:01Z') ? 1 : 0,
  );
});
