import { Controller, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Asked, reading, Reads, type AskedOf } from '#web/reads';
import { answered } from './answered.js';
import { GetPolicies, policiesAnswer } from './policies.queries.js';

const group = 'policy';
const roles = ['policy-owner', 'contract-clerk', 'contract-supervisor', 'auditor', 'reporting', 'service'];

const listPolicies = reading({
  path: '/policies',
  name: 'listPolicies',
  group,
  roles,
  answers: policiesAnswer,
  does: 'Every policy with its value in force, source and open question, and the versions that are still to come.',
});
const getPolicies = reading({
  path: '/policies/{group}',
  name: 'getPolicies',
  group,
  roles,
  answers: policiesAnswer,
  params: z.strictObject({
    group: z.string().regex(/^[A-Za-z0-9]{1,60}$/, 'the name of a group of policies'),
  }),
  does: 'The policies of one group with all of their versions.',
});

@Controller()
export class PoliciesController {
  constructor(private readonly queries: QueryBus) {}

  @Reads(listPolicies)
  async list(
    @Asked() { language, atLeast }: AskedOf<typeof listPolicies>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const reflected = await this.queries.execute(new GetPolicies(undefined, language, atLeast));
    return answered(reply, reflected, language);
  }

  @Reads(getPolicies)
  async get(
    @Asked() { params, language, atLeast }: AskedOf<typeof getPolicies>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const reflected = await this.queries.execute(new GetPolicies(params.group, language, atLeast));
    return answered(reply, reflected, language);
  }
}
