import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { accountDays, accounts } from '../../test/support/accounts.js';
import { MemoryLog } from '../../test/support/memory-log.js';
import { NaiveTables, noDay, type Happening } from '../../test/support/naive-parking.js';
import { freshDatabase } from '../../test/support/postgres.js';
import { bothTables, connect, reached, run, stopAll } from '../../test/support/projecting.js';
import type { Projection } from './projection.js';

let dataSource: DataSource;

const ids = [1, 2, 3].map((n) => `${n}`.repeat(8) + '-1111-4111-8111-111111111111');
const days = ['2026-01-01', '2026-01-02', noDay];
const id = fc.constantFrom(...ids);
const types = ['AccountOpened', 'AccountRenamed', 'AmountPaid', 'AmountPaid', 'AccountClosed'] as const;
const says = fc.record({
  does: fc.constant('say' as const),
  id,
  type: fc.constantFrom(...types),
  day: fc.constantFrom(...days),
  fen: fc.integer({ min: 1, max: 9 }),
  poison: fc.option(
    fc.record({
      in: fc.constantFrom('accounts', 'account-days'),
      until: fc.constantFrom('first', 'second', 'never'),
    }),
    { freq: 4 },
  ),
});
const decides = fc.record({
  does: fc.constant('decide' as const),
  id,
  day: fc.constantFrom(...days),
  projection: fc.constantFrom('accounts', 'account-days'),
  /** How many events back the skip reaches; 0: a retry. */
  back: fc.integer({ min: 0, max: 12 }),
});
const restarts = fc.record({
  does: fc.constant('restart' as const),
  cure: fc.constantFrom('first', 'second'),
});
const step = fc.oneof(
  { arbitrary: says, weight: 8 },
  { arbitrary: decides, weight: 3 },
  { arbitrary: restarts, weight: 1 },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** One history, its runner and what it must come to. */
class Trial {
  private readonly log = new MemoryLog();
  private readonly poison = new Map<string, string>();
  private readonly cured = new Set<string>();
  private readonly happened: Happening[] = [];

  constructor(private readonly batches: readonly number[]) {}

  async play(steps: readonly Step[]): Promise<void> {
    for (const each of steps) {
      if (each.does === 'restart') await this.release(each.cure);
      else this.append(each);
    }
    await this.catchUp();
    const naive = new NaiveTables(this.poison);
    for (const each of this.happened) naive.take(each);
    expect(await tables()).toEqual({ accounts: naive.accounts, days: naive.days, parked: naive.parked });
  }

  private append(each: Exclude<Step, { does: 'restart' }>): void {
    if (each.does === 'say') {
      const { type, day, fen, poison } = each;
      const event = this.log.append('account', each.id, type, { owner: `${fen}`, amountFen: fen, day });
      if (poison) this.poison.set(`${poison.in} ${event.eventId}`, poison.until);
      this.happened.push(event);
      return;
    }
    const key = each.projection === 'accounts' ? `account-${each.id}` : each.day;
    const upTo = String(this.log.events.at(-each.back)?.position ?? 0n);
    const [type, data] =
      each.back === 0
        ? (['ParkedRetryRequested', { key }] as const)
        : (['ParkedSkipped', { key, upTo }] as const);
    this.happened.push(this.log.append('projection', each.projection, type, data));
  }

  /** What has come so far is projected, by a release that does not know what the next one does. */
  private async release(cure: string): Promise<void> {
    await this.catchUp();
    this.cured.add(cure);
    this.happened.push({ cures: new Set(this.cured) });
  }

  private async catchUp(): Promise<void> {
    const projections = [accounts, { ...accountDays, parkBy }].map((each) => this.poisoned(each));
    const runner = run(dataSource, this.log, { projections, source: this.log.source(this.batches) });
    await reached(runner, this.log.head);
    await runner.stop();
  }

  private poisoned(projection: Projection): Projection {
    const cured = new Set(this.cured);
    return {
      ...projection,
      apply: (event) => {
        const until = this.poison.get(`${projection.name} ${event.eventId}`);
        if (until !== undefined && !cured.has(until)) throw new Error(`poison until ${until}`);
        return projection.apply(event);
      },
    };
  }
}

const parkBy: NonNullable<Projection['parkBy']> = ({ type, data, stream }) =>
  type === 'AmountPaid' ? (data as { day: string }).day : stream;

/** What the tables hold, in the words of the naive computation. */
async function tables() {
  const accountRows: { id: string; owner: string; paid: number }[] = await dataSource.query(
    'SELECT id, owner, paid_fen AS paid FROM views.accounts',
  );
  const dayRows: { key: string; payments: number; paid: number }[] = await dataSource.query(
    `SELECT id || ' ' || day AS key, payments, paid_fen::int AS paid FROM views.account_days`,
  );
  const parkedRows: { line: string }[] = await dataSource.query(
    `SELECT concat_ws(' ', projection, key, position, CASE WHEN error IS NULL THEN 'waits' ELSE 'failed' END) AS line
     FROM views.parked`,
  );
  return {
    accounts: new Map(accountRows.map(({ id, ...account }) => [id, account])),
    days: new Map(dayRows.map(({ key, ...day }) => [key, day])),
    parked: parkedRows.map(({ line }) => line).sort(),
  };
}

describe('what is parked', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await connect(database.url, bothTables);
  });
  afterEach(stopAll);
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('and what is applied, is after decisions and new releases what a fold event by event leaves', async () => {
    const seed = Number(process.env['SEED'] ?? 20261123);
    const runs = Number(process.env['RUNS'] ?? 8);
    const batches = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 40 });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), batches, async (steps, sizes) => {
      await dataSource.query('DROP SCHEMA IF EXISTS views CASCADE');
      await new Trial(sizes).play(steps);
    });
    process.stdout.write(`seed ${seed}\n`);
    await fc.assert(property, { numRuns: runs, seed });
  }, 280_000);
});
