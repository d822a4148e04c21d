import { Controller, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { Asked, reading, Reads, type AskedOf } from '#web/reads';
import { answered } from './answered.js';
import { ListTimers, timerFilter, timerPage } from './timers.queries.js';

const listTimers = reading({
  path: '/timers',
  name: 'listTimers',
  group: 'timer',
  roles: ['operator', 'auditor'],
  does: 'The timers of what is still to fall due and of what has, the longest due first: how each stands, why it failed, who holds it.',
  query: timerFilter,
  answers: timerPage,
});

@Controller()
export class TimersController {
  constructor(private readonly queries: QueryBus) {}

  @Reads(listTimers)
  async list(
    @Asked() { query, language, atLeast }: AskedOf<typeof listTimers>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return answered(reply, await this.queries.execute(new ListTimers(query, language, atLeast)), language);
  }
}
