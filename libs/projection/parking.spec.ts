import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { accountDays, accounts } from '../../test/support/accounts.js';
import { MemoryLog } from '../../test/support/memory-log.js';
import { freshDatabase } from '../../test/support/postgres.js';
import { bothTables, connect, failure, reached, run, stopAll, until } from '../../test/support/projecting.js';
import { UnknownEventType, SchemaTooNew } from '#event-store/decode';
import { ApplyFailed, TooManyParked } from './errors.js';
import { parkedOf } from './parked.js';
import type { Projection } from './projection.js';
import type { Runner } from './runner.js';
import { waitForKey } from './wait.js';

/** Until it has looked, no table counts as this release's. */
const knowsItsTables = (runner: Runner): Promise<void> =>
  until(() => runner.status().projections.every(({ state }) => state !== 'building'));

describe('an event that cannot be applied', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let dataSource: DataSource;
  let log: MemoryLog;
  const [bad, good] = [1, 2].map((n) => `${n}`.repeat(8) + '-1111-4111-8111-111111111111') as [
    string,
    string,
  ];

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

  const open = (id: string, owner: unknown = 'o') => log.append('account', id, 'AccountOpened', { owner });
  const rename = (id: string, owner: unknown) => log.append('account', id, 'AccountRenamed', { owner });
  const pay = (id: string, day = '2026-01-01') =>
    log.append('account', id, 'AmountPaid', { amountFen: 1, day });
  const retry = (key: string) => log.append('projection', 'accounts', 'ParkedRetryRequested', { key });
  const owners = async (): Promise<string[]> => {
    const rows: { owner: string }[] = await dataSource.query('SELECT owner FROM views.accounts ORDER BY id');
    return rows.map(({ owner }) => owner);
  };
  const parked = () =>
    dataSource.query(
      'SELECT key, position, error, attempts FROM views.parked ORDER BY projected_table, position',
    );
  /** Cannot rename to anything of these. */
  const choking = (on: readonly string[]): Projection => ({
    ...accounts,
    apply: (event) => {
      const { owner } = event.data as { owner?: string };
      if (on.includes(owner ?? '')) throw new Error(`choked on ${owner}`);
      return accounts.apply(event);
    },
  });

  it('is parked with what follows by its key, while all others go on', async () => {
    const failed = rename(bad, 'p');
    pay(bad);
    open(good);
    const runner = run(dataSource, log);
    await reached(runner, log.head);
    const follower = rename(bad, 'q');
    rename(good, 'r');
    await reached(runner, log.head);
    expect(await owners()).toEqual(['r']);
    const key = `account-${bad}`;
    const error = `"views"."accounts" (${bad}) at position 100: there is no such row`;
    expect(await parked()).toEqual([
      { key, position: `${failed.position}`, error, attempts: 1 },
      { key, position: '200', error: null, attempts: 0 },
      { key, position: `${follower.position}`, error: null, attempts: 0 },
    ]);
    await knowsItsTables(runner);
    expect(runner.status()).toMatchObject({
      state: 'live',
      projections: [
        { name: 'accounts', state: 'live', parked: { keys: 1, events: 3 } },
        { name: 'account-days', parked: { keys: 0, events: 0 } },
      ],
    });
    const days = await dataSource.query('SELECT payments FROM views.account_days');
    expect(days).toEqual([{ payments: 1 }]);
  });

  it.each([
    ['its projection fails', () => rename(bad, 'bone'), 'choked on bone'],
    ['it has not the shape of its type', () => rename(bad, 7), 'data: owner invalid_type'],
    [
      'Postgres refuses a value',
      () => rename(bad, 'nul \0'),
      'invalid byte sequence for encoding "UTF8": 0x00',
    ],
    ['a value is too long for its index', () => rename(bad, incompressible()), 'index row requires'],
    ['its row is there already', () => open(bad), 'there is such a row already'],
  ])('is parked when %s, and found among hundreds', async (_why, poison, error) => {
    open(bad);
    open(good);
    for (let i = 0; i < 150; i++) rename(good, `a${i}`);
    const { position } = poison();
    for (let i = 0; i < 150; i++) rename(good, `b${i}`);
    const runner = run(dataSource, log, { projections: [choking(['bone']), accountDays] });
    await reached(runner, log.head);
    rename(bad, 'later');
    await reached(runner, log.head);
    expect(await owners()).toEqual(['o', 'b149']);
    expect((await parkedOf(dataSource, ['accounts']))[0]).toMatchObject({
      key: `account-${bad}`,
      events: 2,
      position,
      attempts: 1,
      error: expect.stringContaining(error),
    });
  });

  it('is tried again when a person asks, in order, and stops at the first that fails again', async () => {
    open(bad, 'bone');
    for (const owner of ['p', 'skin', 'q']) rename(bad, owner);
    const key = `account-${bad}`;
    const projections = [choking(['bone', 'skin'])];
    const first = run(dataSource, log, { projections });
    await reached(first, log.head);
    retry(key);
    await reached(first, log.head);
    expect(await parkedOf(dataSource, ['accounts'])).toMatchObject([{ events: 4, attempts: 2 }]);
    await first.stop();
    // The next release starts with trying everything once more.
    const second = run(dataSource, log, { projections: [choking(['skin'])] });
    await reached(second, log.head);
    expect(await owners()).toEqual(['p']);
    expect(await waitForKey(dataSource, ['accounts'], key, log.head, { timeoutMs: 0 })).toMatchObject({
      parked: [{ projection: 'accounts', key, events: 2, attempts: 1, error: 'choked on skin' }],
    });
    const upTo = String(log.events[2]?.position);
    log.append('projection', 'accounts', 'ParkedSkipped', { key, upTo });
    rename(bad, 'r');
    await reached(second, log.head);
    expect(await owners()).toEqual(['r']);
    expect(await parked()).toEqual([]);
    expect(await waitForKey(dataSource, ['accounts'], key, log.head, { timeoutMs: 0 })).toBe('reached');
  });

  it('is skipped at its place in the log when the table is built from the start', async () => {
    open(bad);
    rename(bad, 'bone');
    const key = `account-${bad}`;
    log.append('projection', 'accounts', 'ParkedSkipped', { key, upTo: '200' });
    rename(bad, 'r');
    const runner = run(dataSource, log, { projections: [choking(['bone'])] });
    await reached(runner, log.head);
    expect([await owners(), await parked()]).toEqual([['r'], []]);
  });

  it('is found when Postgres refuses it only at a retry', async () => {
    open(bad, 'bone');
    const { position } = rename(bad, 'nul \0');
    const first = run(dataSource, log, { projections: [choking(['bone'])] });
    await reached(first, log.head);
    await first.stop();
    const second = run(dataSource, log, { projections: [accounts] });
    await reached(second, log.head);
    expect(await owners()).toEqual(['bone']);
    expect(await parked()).toMatchObject([{ position: `${position}`, attempts: 1 }]);
  });

  it('stops its projection, and only that, where too much is parked already', async () => {
    const ids = ['3', '4', '5'].map((n) => n.repeat(8) + '-1111-4111-8111-111111111111');
    for (const id of ids) rename(id, 'bone');
    pay(good);
    const runner = run(dataSource, log, { projections: [choking(['bone']), accountDays], parkedKeysMax: 2 });
    await reached(runner, log.head);
    await knowsItsTables(runner);
    const [stopped, going] = runner.status().projections;
    expect(stopped).toMatchObject({ state: 'stopped', position: undefined, parked: { keys: 0 } });
    expect(stopped?.failure).toBeInstanceOf(TooManyParked);
    expect(stopped?.failure?.message).toMatch(
      /^accounts stops, since 2 keys are parked in it already: accounts cannot apply AccountRenamed \S+ at position 300: choked on bone$/,
    );
    expect(going).toMatchObject({ state: 'live', position: log.head });
  });

  it('stops the reader where its key cannot be told', async () => {
    rename(bad, 7);
    const parkBy = () => 'anything';
    const runner = run(dataSource, log, { projections: [{ ...accounts, parkBy }] });
    const error = await failure(runner);
    expect(error).toBeInstanceOf(ApplyFailed);
    expect(error?.message).toContain('its key cannot be told');
  });

  it('is never parked when only a newer release can read it', async () => {
    for (const [append, refusal] of [
      [() => log.append('account', bad, 'AccountMoved', {}), UnknownEventType],
      [
        () => log.append('account', bad, 'AccountRenamed', { owner: 'p' }, { schemaVersion: 2 }),
        SchemaTooNew,
      ],
    ] as const) {
      log = new MemoryLog();
      append();
      expect(await failure(run(dataSource, log))).toBeInstanceOf(refusal);
      expect(await parked()).toEqual([]);
    }
  });
});

/** Too long for a btree even when it is compressed. */
function incompressible(): string {
  let text = '';
  for (let i = 1; text.length < 12_000; i++) text += ((i * 2_654_435_761) >>> 0).toString(36);
  return text;
}
