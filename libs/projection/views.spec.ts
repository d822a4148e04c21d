import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { accountDays, AccountRow, accounts } from '../../test/support/accounts.js';
import { MemoryLog } from '../../test/support/memory-log.js';
import { freshDatabase } from '../../test/support/postgres.js';
import { expectedContents } from '../../test/support/expected-accounts.js';
import {
  bothTables,
  connect,
  contents,
  reached,
  run,
  silent,
  stopAll,
  until,
} from '../../test/support/projecting.js';
import type { Projection } from './projection.js';
import { createViews, reportingRole } from './views.js';

describe('the views', () => {
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

  const open = (id: string = randomUUID()) => log.append('account', id, 'AccountOpened', { owner: 'o' });
  const project = async (projections: readonly Projection[] = bothTables) => {
    const runner = run(dataSource, log, { projections });
    await reached(runner, log.head);
    await runner.stop();
  };
  const count = async (table: string): Promise<number> => {
    const [row]: { n: number }[] = await dataSource.query(`SELECT count(*)::int AS n FROM ${table}`);
    return row?.n ?? -1;
  };

  it('hold the same rows whatever the batches were', async () => {
    const ids = [1, 2, 3].map((n) => `${n}`.repeat(8) + '-1111-4111-8111-111111111111');
    const step = fc.record({
      id: fc.constantFrom(...ids),
      does: fc.constantFrom('rename', 'pay', 'pay', 'audit', 'close'),
      fen: fc.integer({ min: 0, max: 99 }),
      day: fc.constantFrom('2026-01-01', '2026-01-02'),
      tags: fc.array(fc.constantFrom('a', 'b,"c"', '\\'), { maxLength: 2 }),
    });
    const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 40 });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), sizes, async (steps, batches) => {
      const history = new MemoryLog();
      const there = new Set<string>();
      for (const { id, does, fen, day, tags } of steps) {
        const says = (type: string, data: object) => history.append('account', id, type, data);
        if (!there.has(id)) says('AccountOpened', { owner: day });
        there.add(id);
        if (does === 'rename') says('AccountRenamed', { owner: tags.join() });
        if (does === 'pay') says('AmountPaid', { amountFen: fen, day, tags });
        if (does === 'audit') says('AccountAudited', {});
        if (does === 'close') says('AccountClosed', {}) && there.delete(id);
      }
      await dataSource.query('DROP SCHEMA IF EXISTS views CASCADE');
      const runner = run(dataSource, history, { source: history.source(batches) });
      await reached(runner, history.head);
      await runner.stop();
      expect(await contents(dataSource)).toEqual(expectedContents(history.events));
    });
    await fc.assert(property, { numRuns: 25, seed: 20261123 });
  }, 120_000);

  it('take the same number of statements for 10 and for 10,000 events', async () => {
    const statements = async (accountsCount: number): Promise<number> => {
      await dataSource.query('DROP SCHEMA IF EXISTS views CASCADE');
      const history = new MemoryLog();
      const ids = Array.from({ length: accountsCount }, () => randomUUID());
      for (const id of ids) history.append('account', id, 'AccountOpened', { owner: 'o' });
      await createViews(dataSource, silent);
      const first = run(dataSource, history, { batchMax: 20_000 });
      await reached(first, history.head);
      // The second batch changes what the first one made, and adds rows to the other table.
      const counted = countQueries();
      for (const id of ids) history.append('account', id, 'AmountPaid', { amountFen: 1, day: '2026-01-01' });
      await reached(first, history.head);
      counted.restore();
      await first.stop();
      expect(await count('views.account_days')).toBe(accountsCount);
      return counted.statements();
    };
    expect(await statements(10)).toBe(1);
    expect(await statements(10_000)).toBe(1);
  });

  it('are built again when the shape or the version of one changes, the others untouched', async () => {
    open();
    await project();
    await dataSource.query(`UPDATE views.accounts SET owner = 'stale'`);
    await dataSource.query(`UPDATE views.checkpoints SET shape = 'before' WHERE name = 'accounts'`);
    await dataSource.query('ALTER TABLE views.accounts ADD COLUMN old text');
    await dataSource.query(
      `INSERT INTO views.account_days (id, day) VALUES ('${randomUUID()}', '2026-01-01')`,
    );
    const rebuilt = async (projections: readonly Projection[]) => {
      const runner = run(dataSource, log, { projections });
      const versions = `SELECT version FROM views.checkpoints WHERE name = 'accounts' AND shape <> 'before'`;
      const [wanted] = projections;
      await until(async () => (await dataSource.query(versions))[0]?.version === wanted?.version);
      await runner.stop();
    };
    await rebuilt(bothTables);
    expect(await contents(dataSource)).toMatchObject({ accounts: [{ owner: 'o' }], days: [{}] });
    expect(Object.keys((await dataSource.query('SELECT * FROM views.accounts'))[0])).not.toContain('old');
    await dataSource.query(`UPDATE views.accounts SET owner = 'stale'`);
    await rebuilt([{ ...accounts, version: 2 }, accountDays]);
    expect(await contents(dataSource)).toMatchObject({ accounts: [{ owner: 'o' }], days: [{}] });
  });

  it('come back when they are dropped, also under a running engine', async () => {
    const { stream } = open();
    const runner = run(dataSource, log);
    await reached(runner, log.head);
    const before = await contents(dataSource);
    await dataSource.query('DROP SCHEMA views CASCADE');
    const { position } = log.append('account', stream.slice(8), 'AccountAudited', {});
    await reached(runner, position);
    expect(await contents(dataSource)).toMatchObject({ ...(before as object), streams: [{ revision: '1' }] });
  });

  it('explain themselves in the database', async () => {
    await project();
    const [row] = await dataSource.query(
      `SELECT obj_description('views.accounts'::regclass) AS whole, col_description('views.accounts'::regclass, 2) AS owner`,
    );
    expect(row).toEqual({ whole: 'One row per open account', owner: 'Who it belongs to' });
  });

  it('are read by TypeORM as they were written', async () => {
    const id = randomUUID();
    open(id);
    log.append('account', id, 'AmountPaid', { amountFen: 3, day: '2026-01-01', tags: ['t'] });
    await project();
    const found = await dataSource.getRepository(AccountRow).findOneByOrFail({ id });
    expect({ ...found }).toEqual({
      id,
      owner: 'o',
      status: 'open',
      paidFen: 3,
      tags: ['t'],
      last: { amountFen: 3 },
    });
  });

  it('can be read by the reporting role, which can do nothing else', async () => {
    open();
    await project();
    const client = new pg.Client(database.url);
    await client.connect();
    try {
      await client.query(`SET ROLE ${reportingRole}`);
      expect((await client.query('SELECT owner FROM views.accounts')).rows).toEqual([{ owner: 'o' }]);
      for (const forbidden of [
        `UPDATE views.accounts SET owner = 'x'`,
        `INSERT INTO views.account_days (id, day) VALUES ('${randomUUID()}', '2026-01-01')`,
        'DELETE FROM views.checkpoints',
        'TRUNCATE views.streams',
        'DROP TABLE views.accounts',
        'CREATE TABLE views.mine (id int)',
        'CREATE TABLE public.mine (id int)',
      ]) {
        await expect(client.query(forbidden)).rejects.toThrow(/permission denied|must be owner/);
      }
    } finally {
      await client.end();
    }
  });

  /** Counts what goes over any connection, but not what is done by the clock: leases, and looks for what is to be rebuilt. */
  function countQueries(): { statements(): number; restore(): void } {
    const byTheClock =
      /^UPDATE views.readers SET heartbeat_at = now\(\) WHERE|'live' AS place|FROM views.readers WHERE|projection_care|SET generation/;
    const original = pg.Client.prototype.query;
    let statements = 0;
    pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
      const [query] = args as [string | { text: string }];
      const text = typeof query === 'string' ? query : query.text;
      if (!byTheClock.test(text)) statements++;
      return Reflect.apply(original, this, args);
    } as typeof original;
    return { statements: () => statements, restore: () => void (pg.Client.prototype.query = original) };
  }
});
