import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { RawEvent } from '#event-store/source';
import { MemoryLog } from '../../../test/support/memory-log.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { bothTables, connect, logId, reached, run, stopAll } from '../../../test/support/projecting.js';
import { catalogue } from '../../../test/support/accounts.js';
import { tableShape } from '../table-shape.js';
import { reconcile, type Reconciling } from './reconcile.js';
import { reconcileSample } from './sample.js';
import { tableDigest } from './table-digest.js';

const idOf = (n: number) => `11111111-1111-4111-8111-${String(n).padStart(12, '0')}`;

describe('a table and a fresh fold of its log', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let dataSource: DataSource;
  let log: MemoryLog;

  beforeEach(async () => {
    database = await freshDatabase();
    dataSource = await connect(database.url, bothTables);
    log = new MemoryLog();
    for (let n = 0; n < 30; n++) live(n);
    const runner = run(dataSource, log);
    await reached(runner, log.head);
    await runner.stop();
  });
  afterEach(async () => {
    await stopAll();
    await dataSource.destroy();
    await database.drop();
  });

  /** The life of one account; every third is closed, and its days stay. */
  function live(n: number): void {
    const id = idOf(n);
    log.append('account', id, 'AccountOpened', { owner: `owner "${n}", 户` });
    log.append('account', id, 'AmountPaid', { amountFen: n, day: '2026-01-01', tags: ['b', 'a{'] });
    log.append('account', id, 'AmountPaid', { amountFen: 7, day: '2026-01-02' });
    if (n % 3 === 0) log.append('account', id, 'AccountClosed', {});
  }
  async function* readStream(stream: string): AsyncIterable<RawEvent> {
    for (const event of log.events) if (event.stream === stream) yield event;
  }
  const options = (): Reconciling => ({
    dataSource,
    projections: bothTables,
    catalogue,
    source: log.source(),
    readStream,
    logId,
    verify: log.verify,
  });
  const outcome = async (more: Partial<Reconciling> = {}) =>
    (await reconcile({ ...options(), ...more })).map(({ rows, excused, differences }) => ({
      rows,
      excused,
      differences,
    }));
  const same = [
    { rows: 20, excused: 0, differences: 0 },
    { rows: 60, excused: 0, differences: 0 },
  ];

  it('are the same, however many passes it takes', async () => {
    expect(await outcome()).toEqual(same);
    const passes = new Set<number>();
    const onProgress = ({ done }: { readonly done: number }) => passes.add(done);
    expect(await outcome({ rowsMax: 10, onProgress })).toEqual(same);
    expect(passes.size).toBeGreaterThan(4);
  });

  it('are compared where the table stands, not where the log does', async () => {
    live(31);
    log.append('account', idOf(1), 'AccountClosed', {});
    expect(await outcome()).toEqual(same);
  });

  it('differ by a row that is missing, one too many and one with another value', async () => {
    await dataSource.query('DELETE FROM views.accounts WHERE id = $1', [idOf(1)]);
    await dataSource.query(
      `UPDATE views.accounts SET last = '{"amountFen": 8}', tags = '{x}' WHERE id = $1`,
      [idOf(2)],
    );
    await dataSource.query(`INSERT INTO views.account_days (id, day) VALUES ($1, '2026-01-03')`, [idOf(2)]);
    const [accounts, days] = await reconcile(options());
    expect(accounts?.listed.toSorted((a, b) => a.is.localeCompare(b.is))).toEqual([
      {
        key: [idOf(2)],
        is: 'different',
        columns: [
          { name: '"tags"', folded: '[]', found: '["x"]' },
          { name: '"last"', folded: '{"amountFen":7}', found: '{"amountFen":8}' },
        ],
      },
      { key: [idOf(1)], is: 'missing', columns: [] },
    ]);
    expect(days?.listed).toEqual([{ key: [idOf(2), '2026-01-03'], is: 'surplus', columns: [] }]);
  });

  it('differ in more rows than are listed', async () => {
    await dataSource.query('TRUNCATE views.accounts');
    const [accounts] = await reconcile({ ...options(), listedMax: 3, rowsMax: 10 });
    expect(accounts).toMatchObject({ rows: 20, differences: 20 });
    expect(accounts?.listed).toHaveLength(3);
  });

  it('are not compared where events are parked or were skipped', async () => {
    await dataSource.query(
      `CREATE TABLE IF NOT EXISTS views.parked (projected_table text, position bigint, projection text, version integer,
         key text, event_id text, type text, stream text, revision bigint, error text, attempts integer)`,
    );
    await dataSource.query(
      `INSERT INTO views.parked (projected_table, position, projection, version, key, event_id, type, stream, revision, attempts)
       VALUES ('views.accounts', 1, 'accounts', 1, $1, '', '', $1, 0, 1)`,
      [`account-${idOf(1)}`],
    );
    await dataSource.query('UPDATE views.accounts SET paid_fen = 99 WHERE id = $1', [idOf(1)]);
    expect(await outcome()).toEqual([{ rows: 19, excused: 1, differences: 0 }, same[1]]);
  });

  it('cannot be compared when the tables come from another log', async () => {
    await expect(reconcile({ ...options(), verify: async () => false })).rejects.toThrow(/^rebuild: /);
  });

  it('are compared by samples of streams', async () => {
    const sample = { dataSource, projections: bothTables, catalogue, readStream };
    const [accounts, days] = await reconcileSample({ ...sample, streams: 1_000 });
    expect([accounts, days]).toMatchObject([{ rows: 20 }, { rows: 60 }]);
    expect([accounts?.differences, days?.differences]).toEqual([0, 0]);
    await dataSource.query('UPDATE views.account_days SET payments = payments + 1');
    const [, few] = await reconcileSample({ ...sample, streams: 4 });
    expect(few).toMatchObject({ rows: 8, differences: 8 });
    expect((await reconcileSample({ ...sample, eventsMax: 3 }))[0]?.rows).toBeLessThan(2);
  });

  it('say nothing by a sample of rows that two streams meet in', async () => {
    const shared = bothTables.map((each) => ({
      ...each,
      apply: (event: Parameters<typeof each.apply>[0]) => each.apply({ ...event, id: idOf(0) }),
    }));
    const [, days] = await reconcileSample({
      ...{ dataSource, projections: shared.slice(1), catalogue, readStream, streams: 5 },
    }).then((reports) => [undefined, ...reports]);
    expect(days).toMatchObject({ rows: 0, excused: 2, differences: 0 });
  });

  it('have the same digest as another table with the same rows', async () => {
    const [accounts] = bothTables;
    if (!accounts) throw new Error('there are two tables');
    const shape = await tableShape(dataSource, accounts);
    const live = await tableDigest(dataSource, shape);
    expect(live.rows).toBe(20n);
    await dataSource.query(
      'CREATE TABLE views.built AS SELECT status, owner, last, tags, paid_fen, id FROM views.accounts ORDER BY id DESC',
    );
    const built = () => tableDigest(dataSource, { ...shape, table: 'views.built' });
    expect(await built()).toEqual(live);
    await dataSource.query('UPDATE views.built SET paid_fen = paid_fen + 1 WHERE id = $1', [idOf(1)]);
    expect(await built()).not.toEqual(live);
    await dataSource.query('DELETE FROM views.built');
    expect(await built()).toEqual({ rows: 0n, digest: '0:0' });
  });
});
