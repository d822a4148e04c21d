import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { freshDatabase } from '../../test/support/postgres.js';
import { MemoryLog } from '../../test/support/memory-log.js';
import { bothTables, connect, contents, reached, run, stopAll } from '../../test/support/projecting.js';

describe('runProjections', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let dataSource: DataSource;
  let log: MemoryLog;

  beforeEach(async () => {
    database = await freshDatabase();
    dataSource = await connect(database.url, bothTables);
    log = new MemoryLog();
  });

  afterEach(async () => {
    await stopAll();
    await dataSource.destroy();
    await database.drop();
  });

  it('writes what the events say', async () => {
    const id = randomUUID();
    log.append('account', id, 'AccountOpened', { owner: 'a "quoted" \\ name, {with} NULL' });
    log.append('account', id, 'AmountPaid', { amountFen: 5, day: '2026-01-01', tags: ['x,y', 'NULL'] });
    const runner = run(dataSource, log);
    await reached(runner, log.head);
    log.append('account', id, 'AmountPaid', { amountFen: 7, day: '2026-01-01' });
    await reached(runner, log.head);
    await runner.stop();
    expect(await contents(dataSource)).toMatchObject({
      accounts: [
        { id, owner: 'a "quoted" \\ name, {with} NULL', paid_fen: 12, tags: [], last: { amountFen: 7 } },
      ],
      days: [{ id, day: new Date('2026-01-01T00:00:00'), payments: 2, paid_fen: '12', note: 'NULL' }],
      streams: [{ stream: `account-${id}`, revision: '2' }],
    });
    expect(runner.status()).toMatchObject({ state: 'stopped', failure: undefined, position: 300n });
  });
});
