import { Controller, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { id } from '#kernel/text';
import { Asked, page, reading, Reads, type AskedOf } from '#web/reads';
import { answered } from './answered.js';
import { contractAnswer } from './contract-answer.js';
import { contractFilter, contractPage, ListContracts } from './contract-list.queries.js';
import { GetContract } from './contract.queries.js';
import { GetHistory, historyPage } from './history.queries.js';
import { calendarWindow, GetRenewalCalendar, renewalCalendar } from './renewals.queries.js';

const group = 'contract';
const roles = ['contract-clerk', 'contract-supervisor', 'auditor', 'reporting', 'service'];
const params = z.strictObject({ id });

const getContract = reading({
  path: '/contracts/{id}',
  name: 'getContract',
  group,
  roles,
  params,
  answers: contractAnswer,
  does: 'A contract with its terms, notices and next dates, each date with its reason.',
  etag: 'The revision that this answer reflects, for If-Match.',
});
const listContracts = reading({
  path: '/contracts',
  name: 'listContracts',
  group,
  roles,
  query: contractFilter,
  answers: contractPage,
  does: 'Contracts by status, customer and due window, page by page.',
});
const getContractHistory = reading({
  path: '/contracts/{id}/history',
  name: 'getContractHistory',
  group,
  params,
  answers: historyPage,
  roles: ['contract-supervisor', 'auditor'],
  query: page,
  does: 'Every event that concerns a contract, in the order of the log: who, when, why, on what authority, under which policies.',
});
const getRenewals = reading({
  path: '/renewals',
  name: 'getRenewals',
  group,
  query: calendarWindow,
  answers: renewalCalendar,
  roles: ['contract-clerk', 'contract-supervisor', 'auditor', 'reporting'],
  does: 'The renewal calendar: what is locked, renewed and ended on each day, with the fees.',
});

@Controller()
export class ContractsController {
  constructor(private readonly queries: QueryBus) {}

  @Reads(getContract)
  async get(
    @Asked() { params, language, atLeast }: AskedOf<typeof getContract>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const reflected = await this.queries.execute(new GetContract(params.id, language, atLeast));
    void reply.header('ETag', `"${reflected.answer.revision}"`);
    return answered(reply, reflected, language);
  }

  @Reads(listContracts)
  async list(
    @Asked() { query, language, atLeast }: AskedOf<typeof listContracts>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return answered(reply, await this.queries.execute(new ListContracts(query, language, atLeast)), language);
  }

  @Reads(getContractHistory)
  async history(
    @Asked() { params, query, atLeast }: AskedOf<typeof getContractHistory>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return answered(
      reply,
      await this.queries.execute(new GetHistory(`contract:${params.id}`, query, atLeast)),
    );
  }

  @Reads(getRenewals)
  async renewals(
    @Asked() { query, atLeast }: AskedOf<typeof getRenewals>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return answered(reply, await this.queries.execute(new GetRenewalCalendar(query, atLeast)));
  }
}
