import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Brackets, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { z } from 'zod';
import { ContractRow, contractStatus } from '#contract/tables/contract-row';
import { contracts } from '#contract/tables/contracts';
import { TermRow } from '#contract/tables/term-row';
import { contractTerms } from '#contract/tables/terms';
import { id } from '#kernel/text';
import { instant, localDate } from '#kernel/time';
import type { Language } from '#web/language';
import { page } from '#web/reads';
import { dayBegins, dayIsOver } from './business-time.js';
import { contractSummary } from './contract-answer.js';
import { summaryOf } from './contract-view.js';
import { cursorOf, next, readCursor } from './cursor.js';
import { incompleteness } from './incomplete.js';
import { Snapshots, type Reflected } from './snapshot.js';

const due = z.enum(['locksAt', 'expiresAt', 'noticeLimitOn']).meta({
  description: 'Only contracts whose current term runs, in the order of this date of it.',
});

export const contractFilter = z
  .strictObject({
    ...page.shape,
    status: contractStatus.optional(),
    customerId: id.optional(),
    due: due.optional(),
    dueFrom: localDate.optional().meta({ description: 'With `due`: the first day.' }),
    dueTo: localDate.optional().meta({ description: 'With `due`: the last day.' }),
  })
  .refine(({ due, dueFrom, dueTo }) => due !== undefined || (dueFrom ?? dueTo) === undefined, {
    path: ['due'],
    error: 'which date `dueFrom` and `dueTo` are about',
  });
type Filter = z.output<typeof contractFilter>;

export const contractPage = z.object({ items: z.array(contractSummary), next, ...incompleteness });

/** Contracts that meet a filter, page by page. */
export class ListContracts extends Query<Reflected<z.output<typeof contractPage>>> {
  constructor(
    readonly filter: Filter,
    readonly language: Language,
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(ListContracts)
export class ListContractsHandler implements IQueryHandler<ListContracts> {
  constructor(private readonly snapshots: Snapshots) {}

  async execute({
    filter,
    language,
    atLeast,
  }: ListContracts): Promise<Reflected<z.output<typeof contractPage>>> {
    const used = [contracts, contractTerms];
    const { answer, ...reflected } = await this.snapshots.read(used, atLeast, async (tables) => {
      const found = await matching(tables, filter).getMany();
      return { found, terms: await currentTerms(tables, found) };
    });
    const shown = answer.found.slice(0, filter.limit);
    const items = shown.map((contract) => summaryOf(contract, answer.terms.get(contract.id), language));
    const last = items.at(-1);
    if (!last || answer.found.length === shown.length) return { answer: { items }, ...reflected };
    return { answer: { items, next: cursorOf(keyOf(last, filter)) }, ...reflected };
  }
}

/** One more than a page holds, which tells whether there is another. */
function matching(tables: EntityManager, filter: Filter): SelectQueryBuilder<ContractRow> {
  const { status, customerId, due, dueFrom, dueTo, cursor, limit } = filter;
  const query = tables.createQueryBuilder(ContractRow, 'c').limit(limit + 1);
  if (status) query.andWhere('c.status = :status', { status });
  if (customerId) query.andWhere('c.customerId = :customerId', { customerId });
  if (due) {
    query.innerJoin(TermRow, 't', `t.contractId = c.id AND t.termNo = c.termNo AND t.state = 'running'`);
    const isDay = due === 'noticeLimitOn';
    if (dueFrom) query.andWhere(`t.${due} >= :from`, { from: isDay ? dueFrom : dayBegins(dueFrom) });
    if (dueTo && isDay) query.andWhere(`t.${due} <= :to`, { to: dueTo });
    if (dueTo && !isDay) query.andWhere(`t.${due} < :to`, { to: dayIsOver(dueTo) });
    query.orderBy(`t.${due}`);
  }
  if (cursor) query.andWhere(after(cursor, due));
  return query.addOrderBy('c.id');
}

/** The rows after the one that a cursor names, in the order of the list that it belongs to. */
function after(cursor: string, due: Filter['due']): Brackets {
  if (!due) {
    const [, last] = readCursor(z.tuple([z.literal('id'), id]), cursor);
    return new Brackets((where) => where.where('c.id > :last', { last }));
  }
  const date = due === 'noticeLimitOn' ? localDate : instant;
  const [, at, last] = readCursor(z.tuple([z.literal(due), date, id]), cursor);
  return new Brackets((where) => where.where(`(t.${due}, c.id) > (:at, :last)`, { at, last }));
}

const keyOf = ({ id, term }: z.output<typeof contractSummary>, { due }: Filter): string[] =>
  due && term ? [due, term[due], id] : ['id', id];

async function currentTerms(
  tables: EntityManager,
  found: readonly ContractRow[],
): Promise<Map<string, TermRow>> {
  if (found.length === 0) return new Map();
  const terms = await tables
    .createQueryBuilder(TermRow, 't')
    .innerJoin(ContractRow, 'c', 'c.id = t.contractId AND c.termNo = t.termNo')
    .where('c.id IN (:...ids)', { ids: found.map(({ id }) => id) })
    .getMany();
  return new Map(terms.map((term) => [term.contractId, term]));
}
