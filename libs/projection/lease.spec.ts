import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { MemoryLog } from '../../test/support/memory-log.js';
import { freshDatabase } from '../../test/support/postgres.js';
import { bothTables, connect, reached, run, stopAll, until } from '../../test/support/projecting.js';
import { TakenOver } from './errors.js';

describe('the lease of a reader group', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let dataSource: DataSource;
  let log: MemoryLog;
  const id = '11111111-1111-4111-8111-111111111111';

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

  const open = (account = id) => log.append('account', account, 'AccountOpened', { owner: 'o' });
  const pay = (account = id, amountFen = 1) =>
    log.append('account', account, 'AmountPaid', { amountFen, day: '2026-01-01' });
  const paid = async (): Promise<number[]> => {
    const rows: { paid_fen: number }[] = await dataSource.query(
      'SELECT paid_fen FROM views.accounts ORDER BY id',
    );
    return rows.map((row) => row.paid_fen);
  };

  it('lets one runner write, and the next only when that one is gone', async () => {
    open();
    const first = run(dataSource, log);
    await reached(first, log.head);
    const second = run(dataSource, log, { leaseMs: 50 });
    await until(() => second.status().state === 'standing-by');
    // The first one falls silent without giving anything back, as a stopped process does: its heartbeat is 3 s.
    await until(async () => {
      await dataSource.query(
        `UPDATE views.readers SET heartbeat_at = now() - interval '1 minute' WHERE epoch = 1`,
      );
      return second.status().state === 'live';
    });
    pay();
    await until(() => first.status().state === 'standing-by');
    expect(first.status().lastError).toBeInstanceOf(TakenOver);
    await reached(second, log.head);
    expect(await paid()).toEqual([1]);
  });

  it('writes nothing once its epoch is over', async () => {
    open();
    const runner = run(dataSource, log, { leaseMs: 60_000 });
    await reached(runner, log.head);
    await dataSource.query(
      `UPDATE views.readers SET epoch = epoch + 1, owner = 'another', heartbeat_at = now() + interval '1 hour'`,
    );
    pay();
    await until(() => runner.status().state === 'standing-by');
    expect(runner.status().lastError).toBeInstanceOf(TakenOver);
    expect(await paid()).toEqual([0]);
  });

  it('hands over at once when it is stopped', async () => {
    open();
    const first = run(dataSource, log);
    await reached(first, log.head);
    const second = run(dataSource, log, { leaseMs: 60_000 });
    await first.stop();
    await reached(second, log.head);
    expect(first.status().failure).toBeUndefined();
  });
});
