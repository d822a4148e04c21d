import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { catalogueOf } from '#event-store/decode';
import type { Projection } from '#projection/projection';
import type { Runner } from '#projection/runner';
import { projectionCareTable } from '#projection/tables/projection-care';
import { projectionEvents } from '#projection/care-events';
import { accountDays, accountEvents, accounts } from './accounts.js';
import { expectedContents } from './expected-accounts.js';
import { MemoryLog } from './memory-log.js';
import { freshDatabase } from './postgres.js';
import { connect, contents, run, stopAll, until } from './projecting.js';

const all = [accounts, accountDays, projectionCareTable];
export const rebuildable = catalogueOf([accountEvents, projectionEvents]);

/** Fifty accounts, each with a payment, whose tables can be asked to be built again. */
export class Rebuilding {
  readonly log = new MemoryLog();
  readonly ids = Array.from({ length: 50 }, () => randomUUID());

  private constructor(
    private readonly database: Awaited<ReturnType<typeof freshDatabase>>,
    readonly dataSource: DataSource,
  ) {}

  static async open(): Promise<Rebuilding> {
    const database = await freshDatabase();
    const opened = new Rebuilding(database, await connect(database.url, all));
    for (const id of opened.ids) opened.log.append('account', id, 'AccountOpened', { owner: 'a\t"b"\\\n' });
    opened.pay();
    return opened;
  }

  async close(): Promise<void> {
    await stopAll();
    await this.dataSource.destroy();
    await this.database.drop();
  }

  pay(): void {
    const paid = { amountFen: 1, day: '2026-01-01', tags: ['t,\\'] };
    for (const id of this.ids) this.log.append('account', id, 'AmountPaid', paid);
  }

  ask(type: string, generation: number, name = 'accounts'): void {
    this.log.append('projection', name, type, { generation });
  }

  /** A runner whose tables are complete. */
  async start(projections: readonly Projection[] = all): Promise<Runner> {
    const runner = run(this.dataSource, this.log, { projections, catalogue: rebuildable });
    await until(() => runner.status().state === 'live');
    await until(async () => (await this.live()).every(({ generation }) => generation !== null));
    return runner;
  }

  live(name = '%'): Promise<{ name: string; version: number; generation: number | null }[]> {
    return this.dataSource.query(
      'SELECT name, version, generation FROM views.checkpoints WHERE name LIKE $1 ORDER BY name',
      [name],
    );
  }

  async generation(): Promise<number | null | undefined> {
    return (await this.live('accounts'))[0]?.generation;
  }

  async damage(): Promise<void> {
    await this.dataSource.query('UPDATE views.accounts SET paid_fen = -1');
  }

  ofAccounts() {
    return this.log.events.filter(({ stream }) => stream.startsWith('account-'));
  }

  async tables() {
    // Both hold the same tables, the one as they are and the other as they should be.
    const { accounts, days } = (await contents(this.dataSource)) as ReturnType<typeof expectedContents>;
    return { accounts, days };
  }

  expected() {
    const { accounts, days } = expectedContents(this.ofAccounts());
    return { accounts, days };
  }
}
