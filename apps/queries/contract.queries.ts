import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { ContractRow } from '#contract/tables/contract-row';
import { contracts } from '#contract/tables/contracts';
import { contractNotices, NoticeRow } from '#contract/tables/notices';
import { TermRow } from '#contract/tables/term-row';
import { contractTerms } from '#contract/tables/terms';
import { deadlines } from '#contexts/tables';
import { streamOf } from '#kernel/recorded';
import { DeadlineRow } from '#projection/tables/deadlines';
import type { Language } from '#web/language';
import { Problem, problems } from '#web/problem';
import type { contractAnswer } from './contract-answer.js';
import { viewOfContract, type ContractRows } from './contract-view.js';
import { Snapshots, type Reflected } from './snapshot.js';

/** One contract with its terms, notices and next dates. */
export class GetContract extends Query<Reflected<z.output<typeof contractAnswer>>> {
  constructor(
    readonly id: string,
    readonly language: Language,
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(GetContract)
export class GetContractHandler implements IQueryHandler<GetContract> {
  constructor(private readonly snapshots: Snapshots) {}

  async execute({ id, language, atLeast }: GetContract): Promise<Reflected<z.output<typeof contractAnswer>>> {
    const used = [contracts, contractTerms, contractNotices, deadlines];
    const { answer: rows, ...reflected } = await this.snapshots.read(
      used,
      atLeast,
      (tables) => rowsOf(tables, id),
      streamOf('contract', id),
    );
    return { answer: viewOfContract(rows, language), ...reflected };
  }
}

async function rowsOf(tables: EntityManager, id: string): Promise<ContractRows> {
  const contract = await tables.findOneBy(ContractRow, { id });
  if (!contract) throw new Problem(problems.notFound, 'There is no contract with this id.');
  return {
    contract,
    terms: await tables.find(TermRow, { where: { contractId: id }, order: { termNo: 'ASC' } }),
    notices: await tables.find(NoticeRow, {
      where: { contractId: id },
      order: { arrivedAt: 'ASC', id: 'ASC' },
    }),
    deadlines: await tables.find(DeadlineRow, {
      where: { stream: streamOf('contract', id) },
      order: { dueAt: 'ASC', command: 'ASC' },
    }),
  };
}
