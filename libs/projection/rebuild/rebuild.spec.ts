import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { accountDays, accounts } from '../../../test/support/accounts.js';
import type { MemoryLog } from '../../../test/support/memory-log.js';
import { reached, run, until } from '../../../test/support/projecting.js';
import { rebuildable, Rebuilding } from '../../../test/support/rebuilding.js';
import { projectionCareTable } from '../tables/projection-care.js';

describe('a rebuild', () => {
  let on: Rebuilding;
  beforeEach(async () => {
    on = await Rebuilding.open();
  });
  afterEach(() => on.close());

  it('makes the same rows from the log, with the same indexes, and keeps what was live before', async () => {
    const runner = await on.start();
    await on.damage();
    on.ask('RebuildRequested', 1);
    await until(async () => (await on.generation()) === 1);
    on.pay();
    await reached(runner, on.log.head);
    expect(await on.tables()).toEqual(on.expected());
    const [kept] = await on.dataSource.query('SELECT min(paid_fen)::int AS least FROM views_kept.accounts');
    expect(kept).toEqual({ least: -1 });
    const indexes = await on.dataSource.query(
      `SELECT count(*)::int AS n FROM pg_indexes WHERE schemaname = 'views' AND tablename = 'accounts'`,
    );
    expect(indexes).toEqual([{ n: 2 }]);
  });

  it('is rolled back to the table that was live before, which catches up first', async () => {
    const runner = await on.start();
    on.ask('RebuildRequested', 1);
    await until(async () => (await on.generation()) === 1);
    await on.damage();
    on.pay();
    on.ask('RebuildRolledBack', 1);
    await until(async () => (await on.generation()) === 0);
    on.pay();
    await reached(runner, on.log.head);
    expect(await on.tables()).toEqual(on.expected());
  });

  it('builds what a new version in the code asks for, several in one pass', async () => {
    const first = await on.start();
    await first.stop();
    await on.damage();
    let passes = 0;
    const source: ReturnType<MemoryLog['source']> = (from, options) => {
      if (from === undefined) passes++;
      return on.log.source()(from, options);
    };
    const newer = [{ ...accounts, version: 2 }, { ...accountDays, version: 2 }, projectionCareTable];
    const second = run(on.dataSource, on.log, { projections: newer, catalogue: rebuildable, source });
    await until(
      () => second.status().projections.every(({ state }) => state === 'live'),
      () => JSON.stringify(second.status(), (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
    );
    expect((await on.live()).map(({ version }) => version)).toEqual([2, 2, 1]);
    expect(passes).toBe(1);
    expect(await on.tables()).toEqual(on.expected());
  });

  it('that is cancelled leaves nothing behind, and the live table untouched', async () => {
    const reader = on.dataSource.createQueryRunner();
    await on.start();
    await reader.startTransaction('REPEATABLE READ');
    await reader.query('SELECT FROM views.checkpoints');
    on.ask('RebuildRequested', 1);
    const next = () => on.dataSource.query(`SELECT phase FROM views_next.checkpoints`);
    await until(async () => (await next())[0]?.phase === 'following');
    on.ask('RebuildCancelled', 1);
    await until(async () => (await next()).length === 0);
    await reader.rollbackTransaction();
    await reader.release();
    expect(await on.generation()).toBe(0);
    const left = await on.dataSource.query(`SELECT to_regclass('views_next.accounts') AS left`);
    expect(left).toEqual([{ left: null }]);
    expect(await on.tables()).toEqual(on.expected());
  });

  it('goes live under a writer, readers and a long report, none of whom ever sees a row missing or time go back', async () => {
    const runner = await on.start();
    const report = on.dataSource.createQueryRunner();
    await report.startTransaction('REPEATABLE READ');
    const [before] = await report.query('SELECT position FROM views.checkpoints WHERE name = $1', [
      'accounts',
    ]);
    on.ask('RebuildRequested', 1);
    let stopped = false;
    const seen: string[] = [];
    const reading = async () => {
      let last = 0n;
      while (!stopped) {
        await on.dataSource.transaction('REPEATABLE READ', async (tables) => {
          const [at] = await tables.query(`SELECT position FROM views.checkpoints WHERE name = 'accounts'`);
          const [sum] = await tables.query(
            'SELECT count(*)::int AS n, sum(paid_fen)::int AS paid FROM views.accounts',
          );
          const events = on.ofAccounts().filter(({ position }) => position <= BigInt(at.position));
          const paid = events.filter(({ type }) => type === 'AmountPaid').length;
          if (sum.n !== on.ids.length || sum.paid !== paid)
            seen.push(`${at.position}: ${JSON.stringify(sum)}, not ${paid}`);
          if (BigInt(at.position) < last) seen.push(`${at.position} after ${last}`);
          last = BigInt(at.position);
        });
      }
    };
    const writing = async () => {
      while (!stopped) {
        on.pay();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const others = Promise.all([reading(), reading(), writing()]);
    const ending = () => {
      stopped = true;
      return others;
    };
    try {
      await until(() => runner.status().rebuild?.waitsFor !== undefined);
      const moved = runner.status().position ?? 0n;
      await reached(runner, moved + 1_000n);
      expect(await on.generation()).toBe(0);
      const [sum] = await report.query('SELECT sum(paid_fen)::int AS paid FROM views.accounts');
      expect(sum).toEqual({ paid: 50 });
      expect(BigInt(before.position)).toBeLessThan(moved);
      await report.rollbackTransaction();
      await report.release();
      await until(async () => (await on.generation()) === 1);
    } finally {
      await ending();
    }
    expect(seen).toEqual([]);
    await reached(runner, on.log.head);
    expect(await on.tables()).toEqual(on.expected());
  });
});
