import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { MemoryLog, scripted } from '../../test/support/memory-log.js';
import { freshDatabase } from '../../test/support/postgres.js';
import {
  bothTables,
  connect,
  contents,
  failure,
  reached,
  run,
  stopAll,
  until,
} from '../../test/support/projecting.js';
import { UnknownEventType } from '#event-store/decode';
import { RebuildNeeded } from './errors.js';

describe('runProjections', () => {
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

  it('writes what the events say, whatever characters they hold', async () => {
    const owner = 'a "quoted" \\ name, {with} NULL';
    log.append('account', id, 'AccountOpened', { owner });
    log.append('account', id, 'AmountPaid', { amountFen: 5, day: '2026-01-01', tags: ['x,y', 'NULL', ''] });
    const runner = run(dataSource, log);
    await reached(runner, log.head);
    log.append('account', id, 'AmountPaid', { amountFen: 7, day: '2026-01-01', tags: ['a"b'] });
    await reached(runner, log.head);
    await runner.stop();
    expect(await contents(dataSource)).toMatchObject({
      accounts: [{ id, owner, paid_fen: 12, tags: ['a"b'], last: { amountFen: 7 } }],
      days: [{ id, payments: 2, paid_fen: '12', note: 'a"b' }],
      streams: [{ stream: `account-${id}`, revision: '2' }],
    });
    expect(runner.status()).toMatchObject({ state: 'stopped', failure: undefined, position: 300n });
  });

  it('applies an event once however often it is delivered', async () => {
    const [opened, first, second] = [open(), pay(), pay()];
    const source = scripted([[opened, first], [opened, first], [first, second], [second], [opened]]);
    const runner = run(dataSource, log, { source });
    await reached(runner, second.position);
    await runner.stop();
    const again = run(dataSource, log, { source });
    await until(() => again.status().state === 'live');
    await again.stop();
    expect(await paid()).toEqual([2]);
  });

  it('names an event type that it does not know', async () => {
    open();
    log.append('account', id, 'AccountMoved', {});
    const runner = run(dataSource, log);
    const error = await failure(runner);
    expect(error).toBeInstanceOf(UnknownEventType);
    expect(error?.message).toContain('AccountMoved');
    expect(error?.message).toContain('position 200');
  });

  it('resumes where the database is when the log or the connection fails', async () => {
    open();
    let failures = 0;
    const source: typeof flaky = (from, options) => flaky(from, options);
    async function* flaky(...[from, options]: Parameters<ReturnType<MemoryLog['source']>>) {
      for await (const batch of log.source([1, 1, 1])(from, options)) {
        yield batch;
        if (++failures % 2) throw new Error('the connection broke');
      }
    }
    const runner = run(dataSource, log, { source });
    for (let i = 0; i < 10; i++) pay();
    await reached(runner, log.head);
    expect(await paid()).toEqual([10]);
    expect(runner.status().lastError?.message).toBe('the connection broke');
  });

  it('loses and doubles nothing when its connection is killed inside a transaction', async () => {
    open();
    const runner = run(dataSource, log);
    await reached(runner, log.head);
    const blocker = dataSource.createQueryRunner();
    await blocker.startTransaction();
    await blocker.query('SELECT FROM views.accounts FOR UPDATE');
    pay();
    const blocked = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'WITH p0%'`;
    await until(async () => (await dataSource.query(blocked)).length > 0);
    await dataSource.query(`SELECT pg_terminate_backend(pid) FROM (${blocked}) AS b`);
    await blocker.rollbackTransaction();
    await blocker.release();
    await reached(runner, log.head);
    expect(await paid()).toEqual([1]);
    expect(runner.status().lastError).toBeDefined();
  });

  it('shows as lag how long a write has been hanging', async () => {
    open();
    const runner = run(dataSource, log);
    await reached(runner, log.head);
    await until(() => runner.status().lagMs === 0);
    const blocker = dataSource.createQueryRunner();
    await blocker.startTransaction();
    await blocker.query('LOCK TABLE views.checkpoints');
    pay();
    await until(() => (runner.status().lagMs ?? 0) > 20);
    expect(runner.status().state).toBe('live');
    await blocker.rollbackTransaction();
    await blocker.release();
    await until(() => runner.status().lagMs === 0);
    expect(await paid()).toEqual([1]);
  });

  it('refuses another log, and one that no longer holds its last event', async () => {
    open();
    const runner = run(dataSource, log);
    await reached(runner, log.head);
    await runner.stop();
    const elsewhere = run(dataSource, log, { logId: randomUUID() });
    expect(await failure(elsewhere)).toBeInstanceOf(RebuildNeeded);
    const restored = run(dataSource, log, { verify: async () => false });
    expect(await failure(restored)).toBeInstanceOf(RebuildNeeded);
  });
});
