import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { MemoryLog } from '../../test/support/memory-log.js';
import { freshDatabase } from '../../test/support/postgres.js';
import { bothTables, connect, reached, run, stopAll, until } from '../../test/support/projecting.js';
import { TakenOver } from './errors.js';

describe('runners of one reader group', () => {
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

  const open = () => log.append('account', id, 'AccountOpened', { owner: 'o' });
  const pay = () => log.append('account', id, 'AmountPaid', { amountFen: 1, day: '2026-01-01' });
  const paid = async (): Promise<number[]> => {
    const rows: { paid_fen: number }[] = await dataSource.query('SELECT paid_fen FROM views.accounts');
    return rows.map((row) => row.paid_fen);
  };

  it('lets one runner write, and the next only when that one is gone', async () => {
    open();
    const first = run(dataSource, log, { leaseMs: 10_000 });
    await reached(first, log.head);
    // It is too impatient for the first one's heartbeat of 3.3 s, but not for its last batch.
    const second = run(dataSource, log, { leaseMs: 3_000 });
    await until(() => second.status().state === 'standing-by');
    // The first one falls silent without giving anything back, as a stopped process does.
    await dataSource.query(`UPDATE views.readers SET heartbeat_at = now() - interval '1 minute'`);
    await until(() => second.status().state === 'live');
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
      `UPDATE views.readers SET epoch = epoch + 1, owner = 'another', heartbeat_at = now()`,
    );
    pay();
    await until(() => runner.status().state === 'standing-by');
    expect(runner.status().lastError).toBeInstanceOf(TakenOver);
    expect(await paid()).toEqual([0]);
  });

  it('builds tables again that are dropped under it, also while the log is quiet', async () => {
    open();
    pay();
    const runner = run(dataSource, log, { leaseMs: 150 });
    await reached(runner, log.head);
    await dataSource.query('DROP SCHEMA views CASCADE');
    await until(async () => (await paid().catch(() => []))[0] === 1);
    expect(runner.status().failure).toBeUndefined();
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
