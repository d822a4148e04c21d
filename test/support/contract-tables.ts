import type { DataSource } from 'typeorm';
import { ContractRow } from '#contract/tables/contract-row';
import { contracts } from '#contract/tables/contracts';
import { contractNotices, NoticeRow } from '#contract/tables/notices';
import { TermRow } from '#contract/tables/term-row';
import { contractTerms } from '#contract/tables/terms';
import { contractEvents } from '#contract/events';
import { catalogueOf } from '#event-store/decode';
import type { Runner } from '#projection/runner';
import { MemoryLog } from './memory-log.js';
import { freshDatabase } from './postgres.js';
import { connect, reached, run, stopAll } from './projecting.js';

const projections = [contracts, contractTerms, contractNotices];

/** The tables of the contract on a real Postgres, made by the engine from a log in memory. */
export class ContractTables {
  readonly log = new MemoryLog();

  private constructor(
    private readonly database: Awaited<ReturnType<typeof freshDatabase>>,
    readonly dataSource: DataSource,
  ) {}

  static async open(): Promise<ContractTables> {
    const database = await freshDatabase();
    return new ContractTables(database, await connect(database.url, projections));
  }

  async close(): Promise<void> {
    await stopAll();
    await this.dataSource.destroy();
    await this.database.drop();
  }

  /** Runs until `close`. */
  run(sizes: readonly number[] = []): Runner {
    const source = this.log.source(sizes);
    return run(this.dataSource, this.log, { projections, catalogue: catalogueOf([contractEvents]), source });
  }

  /** Reads the log to its end, in batches of these sizes. */
  async project(sizes: readonly number[] = []): Promise<void> {
    await reached(this.run(sizes), this.log.head);
    await stopAll();
  }

  contract(id: string): Promise<ContractRow> {
    return this.dataSource.getRepository(ContractRow).findOneByOrFail({ id });
  }

  terms(contractId: string): Promise<TermRow[]> {
    return this.dataSource.getRepository(TermRow).find({ where: { contractId }, order: { termNo: 'ASC' } });
  }

  notices(contractId: string): Promise<NoticeRow[]> {
    return this.dataSource.getRepository(NoticeRow).findBy({ contractId });
  }

  /** Every row of every table, in the order of their keys. */
  everything(): Promise<unknown[]> {
    const tables = ['contracts', 'contract_terms', 'contract_notices'];
    return Promise.all(
      tables.map((table) => this.dataSource.query(`SELECT * FROM views.${table} ORDER BY 1, 2`)),
    );
  }
}
