import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { catalogueOf } from '#event-store/decode';
import { accountDays, accountEvents, accounts } from '../../../test/support/accounts.js';
import { expectedContents } from '../../../test/support/expected-accounts.js';
import { MemoryLog } from '../../../test/support/memory-log.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { connect, contents, reached, run, stopAll, until } from '../../../test/support/projecting.js';
import { projectionEvents } from '../care-events.js';
import type { Projection } from '../projection.js';
import type { Runner } from '../runner.js';
import { projectionCareTable } from '../tables/projection-care.js';

const all = [accounts, accountDays, projectionCareTable];
const catalogue = catalogueOf([accountEvents, projectionEvents]);

describe('a rebuild', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let dataSource: DataSource;
  let log: MemoryLog;
  let ids: string[];

  beforeEach(async () => {
    database = await freshDatabase();
    dataSource = await connect(database.url, all);
    log = new MemoryLog();
    ids = Array.from({ length: 50 }, () => randomUUID());
    for (const id of ids) log.append('account', id, 'AccountOpened', { owner: 'a\t"b"\\\n' });
    pay();
  });

  afterEach(async () => {
    await stopAll();
    await dataSource.destroy();
    await database.drop();
  });

  const pay = () => {
    for (const id of ids)
      log.append('account', id, 'AmountPaid', { amountFen: 1, day: '2026-01-01', tags: ['t,\\'] });
  };
  const ask = (type: string, generation: number, name = 'accounts') =>
    log.append('projection', name, type, { generation });
  const start = async (projections: readonly Projection[] = all): Promise<Runner> => {
    const runner = run(dataSource, log, { projections, catalogue });
    await until(() => runner.status().state === 'live');
    await until(async () => (await generations()).every(({ generation }) => generation !== null));
    return runner;
  };
  const generations = (name = '%'): Promise<{ name: string; version: number; generation: number | null }[]> =>
    dataSource.query(
      'SELECT name, version, generation FROM views.checkpoints WHERE name LIKE $1 ORDER BY name',
      [name],
    );
  const generationOf = async (name: string) => (await generations(name))[0]?.generation;
  const damage = () => dataSource.query('UPDATE views.accounts SET paid_fen = -1');
  const ofAccounts = () => log.events.filter(({ stream }) => stream.startsWith('account-'));
  const tables = async () => {
    const { accounts, days } = (await contents(dataSource)) as ReturnType<typeof expectedContents>;
    return { accounts, days };
  };
  const expected = () => {
    const { accounts, days } = expectedContents(ofAccounts());
    return { accounts, days };
  };

  it('makes the same rows from the log, with the same indexes, and keeps what was live before', async () => {
    const runner = await start();
    await damage();
    ask('RebuildRequested', 1);
    await until(async () => (await generationOf('accounts')) === 1);
    pay();
    await reached(runner, log.head);
    expect(await tables()).toEqual(expected());
    const [kept] = await dataSource.query('SELECT min(paid_fen)::int AS least FROM views_kept.accounts');
    expect(kept).toEqual({ least: -1 });
    const indexes = await dataSource.query(
      `SELECT count(*)::int AS n FROM pg_indexes WHERE schemaname = 'views' AND tablename = 'accounts'`,
    );
    expect(indexes).toEqual([{ n: 2 }]);
  });

  it('is rolled back to the table that was live before, which catches up first', async () => {
    const runner = await start();
    ask('RebuildRequested', 1);
    await until(async () => (await generationOf('accounts')) === 1);
    await damage();
    pay();
    ask('RebuildRolledBack', 1);
    await until(async () => (await generationOf('accounts')) === 0);
    pay();
    await reached(runner, log.head);
    expect(await tables()).toEqual(expected());
  });

  it('builds what a new version in the code asks for, several in one pass', async () => {
    const first = await start();
    await first.stop();
    await damage();
    let passes = 0;
    const source: ReturnType<MemoryLog['source']> = (from, options) => {
      if (from === undefined) passes++;
      return log.source()(from, options);
    };
    const newer = [{ ...accounts, version: 2 }, { ...accountDays, version: 2 }, projectionCareTable];
    const second = run(dataSource, log, { projections: newer, catalogue, source });
    await until(
      () => second.status().projections.every(({ state }) => state === 'live'),
      () => JSON.stringify(second.status(), (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
    );
    expect((await generations()).map(({ version }) => version)).toEqual([2, 2, 1]);
    expect(passes).toBe(1);
    expect(await tables()).toEqual(expected());
  });

  it('that is cancelled leaves nothing behind, and the live table untouched', async () => {
    const reader = dataSource.createQueryRunner();
    await start();
    await reader.startTransaction('REPEATABLE READ');
    await reader.query('SELECT FROM views.checkpoints');
    ask('RebuildRequested', 1);
    const next = () => dataSource.query(`SELECT phase FROM views_next.checkpoints`);
    await until(async () => (await next())[0]?.phase === 'following');
    ask('RebuildCancelled', 1);
    await until(async () => (await next()).length === 0);
    await reader.rollbackTransaction();
    await reader.release();
    expect(await generationOf('accounts')).toBe(0);
    const left = await dataSource.query(`SELECT to_regclass('views_next.accounts') AS left`);
    expect(left).toEqual([{ left: null }]);
    expect(await tables()).toEqual(expected());
  });

  it('goes live under a writer, readers and a long report, none of whom ever sees a row missing or time go back', async () => {
    const runner = await start();
    const report = dataSource.createQueryRunner();
    await report.startTransaction('REPEATABLE READ');
    const [before] = await report.query('SELECT position FROM views.checkpoints WHERE name = $1', [
      'accounts',
    ]);
    ask('RebuildRequested', 1);
    let stopped = false;
    const seen: string[] = [];
    const reading = async () => {
      let last = 0n;
      while (!stopped) {
        await dataSource.transaction('REPEATABLE READ', async (tables) => {
          const [at] = await tables.query(`SELECT position FROM views.checkpoints WHERE name = 'accounts'`);
          const [sum] = await tables.query(
            'SELECT count(*)::int AS n, sum(paid_fen)::int AS paid FROM views.accounts',
          );
          const events = ofAccounts().filter(({ position }) => position <= BigInt(at.position));
          const paid = events.filter(({ type }) => type === 'AmountPaid').length;
          if (sum.n !== ids.length || sum.paid !== paid)
            seen.push(`${at.position}: ${JSON.stringify(sum)}, not ${paid}`);
          if (BigInt(at.position) < last) seen.push(`${at.position} after ${last}`);
          last = BigInt(at.position);
        });
      }
    };
    const writing = async () => {
      while (!stopped) {
        pay();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const others = Promise.all([reading(), reading(), writing()]);
    await until(() => runner.status().rebuild?.waitsFor !== undefined);
    const moved = runner.status().position ?? 0n;
    await reached(runner, moved + 1_000n);
    expect(await generationOf('accounts')).toBe(0);
    const [sum] = await report.query('SELECT sum(paid_fen)::int AS paid FROM views.accounts');
    expect(sum).toEqual({ paid: 50 });
    expect(BigInt(before.position)).toBeLessThan(moved);
    await report.rollbackTransaction();
    await report.release();
    await until(async () => (await generationOf('accounts')) === 1);
    stopped = true;
    await others;
    expect(seen).toEqual([]);
    await reached(runner, log.head);
    expect(await tables()).toEqual(expected());
  });

  it('takes the same number of statements for a batch whatever its size', async () => {
    const runner = await start();
    const statements = async (generation: number) => {
      const counted = countWrites();
      ask('RebuildRequested', generation);
      await until(async () => (await generationOf('accounts')) === generation);
      await reached(runner, log.head);
      counted.restore();
      return counted.kinds;
    };
    const few = await statements(1);
    for (let i = 0; i < 1_500; i++) log.append('account', randomUUID(), 'AccountOpened', { owner: 'o' });
    await reached(runner, log.head);
    expect(few.filter((kind) => kind === 'COPY')).toHaveLength(1);
    expect(await statements(2)).toEqual(few);
  });

  it('that loses its connection at each kind of statement once resumes, and ends with the same rows', async () => {
    await start();
    await damage();
    const cut = cutEachOnce(
      /views_next|views_kept|checkpoints IN EXCLUSIVE|^COMMIT|^COPY|virtualxid|^CREATE INDEX/,
    );
    try {
      ask('RebuildRequested', 1);
      await until(
        async () => (await generationOf('accounts').catch(() => 0)) === 1,
        () => [...cut.kinds].join(),
      );
    } finally {
      cut.restore();
    }
    expect(cut.kinds.size).toBeGreaterThan(10);
    expect(await tables()).toEqual(expected());
  });

  it('of a newer release goes on while the older one feeds its tables, takes over in the swap, and back', async () => {
    const older = await start();
    const newer = run(dataSource, log, {
      projections: [{ ...accounts, version: 2 }, accountDays, projectionCareTable],
      catalogue,
    });
    const versionIs = (version: number) =>
      until(async () => (await generations('accounts'))[0]?.version === version);
    await versionIs(2);
    await until(() => older.status().state === 'standing-by' && newer.status().state === 'live');
    pay();
    await reached(newer, log.head);
    expect(await tables()).toEqual(expected());
    await newer.stop();
    await versionIs(1);
    pay();
    await until(() => older.status().state === 'live');
    await reached(older, log.head);
    expect(await tables()).toEqual(expected());
  });
});

/** Cuts a connection off at the first statement of each kind that matches. */
function cutEachOnce(which: RegExp): { kinds: ReadonlySet<string>; restore(): void } {
  const original = pg.Client.prototype.query;
  const kinds = new Set<string>();
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [query] = args as [string | { text: string }];
    const text = typeof query === 'string' ? query : query.text;
    const kind = text.slice(0, 60);
    const isOfTheTest = text.includes('WHERE name LIKE');
    if (which.test(text) && !isOfTheTest && !kinds.has(kind)) {
      kinds.add(kind);
      // The driver's own socket, which its types do not show.
      (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    }
    return Reflect.apply(original, this, args);
  } as typeof original;
  return { kinds, restore: () => void (pg.Client.prototype.query = original) };
}

/** Takes note of the statements that write what is being built. */
function countWrites(): { kinds: string[]; restore(): void } {
  const original = pg.Client.prototype.query;
  const kinds: string[] = [];
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [query] = args as [string | { text: string }];
    const text = typeof query === 'string' ? query : query.text;
    if (/^(COPY|INSERT INTO|UPDATE|WITH p0)/.test(text) && text.includes('views_next'))
      kinds.push(text.slice(0, 4));
    return Reflect.apply(original, this, args);
  } as typeof original;
  return { kinds, restore: () => void (pg.Client.prototype.query = original) };
}
