import { randomUUID } from 'node:crypto';
import { Controller, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource, MoreThan } from 'typeorm';
import { z } from 'zod';
import { projections } from '#contexts/tables';
import type { Cause } from '#event-store/ask';
import type { Engine } from '#event-store/engine';
import { ENGINE } from '#event-store/engine-module';
import { log, simulatedInstant } from '#event-store/log';
import { Turns } from '#event-store/turns';
import type { Instant } from '#kernel/time';
import { AuditRow } from '#projection/tables/audit-index';
import { isUnavailable } from '#projection/unavailable';
import { advanceTo } from '#timers/advance';
import { TimerWorker } from '#timers/worker';
import { Serves } from '#web/endpoint';
import { parseRequest } from '#web/parse-request';
import { Problem, problems } from '#web/problem';
import { Progress } from './progress.js';

const body = z.strictObject({ to: simulatedInstant });
const answers = z.object({
  now: z.string(),
  fired: z.array(z.object({ at: z.string(), stream: z.string(), type: z.string() })),
});

/** The simulated business clock. There is no such route where the clock is real. */
@Controller()
export class ClockController {
  private readonly turns = new Turns();

  constructor(
    @Inject(ENGINE) private readonly engine: Engine,
    private readonly dataSource: DataSource,
    private readonly worker: TimerWorker,
    private readonly progress: Progress,
  ) {}

  @Serves({
    method: 'post',
    path: '/v1/clock',
    name: 'advanceClock',
    group: 'clock',
    roles: ['operator'],
    does: 'Moves the simulated clock forwards; everything that falls due on the way happens at its own instant first.',
    body,
    status: 200,
    answers,
    refusals: log.refusals,
  })
  async advance(@Req() request: FastifyRequest): Promise<z.output<typeof answers>> {
    const { to } = parseRequest({ body }, request).body;
    // Whoever moves it has it to itself until everything on the way has happened.
    const moving = this.turns.take('clock', () => this.moveTo(to, request));
    return moving.catch((error: unknown) => {
      throw isUnavailable(error) ? new Problem(problems.storeUnavailable) : error;
    });
  }

  private async moveTo(to: Instant, request: FastifyRequest): Promise<z.output<typeof answers>> {
    const { engine, dataSource, worker, progress } = this;
    const before = (await engine.store.head()) ?? 0n;
    const correlationId = randomUUID();
    await advanceTo(to, {
      dataSource,
      worker,
      now: () => engine.clock.now(),
      moveTo: (next) => engine.moveClock(next, causeOf(request, correlationId)),
      // The next due instant is read from the deadlines, what has fired from the audit index, and callers read the rest.
      caughtUp: () => progress.reached(projections),
    });
    const fired = await dataSource.getRepository(AuditRow).find({
      where: { position: MoreThan(before), actor: 'system:deadline' },
      order: { position: 'ASC' },
    });
    const shown = fired.map(({ effectiveAt, stream, type }) => ({ at: effectiveAt, stream, type }));
    return { now: engine.clock.now(), fired: shown };
  }
}

/** Each stop on the way is a command of its own; what they have in common is the request. */
function causeOf({ caller }: FastifyRequest, correlationId: string): Cause {
  if (!caller) throw new Error('the clock was routed past the guard');
  const { actor, authority } = caller;
  return { actor, authority, correlationId, causationId: correlationId, commandId: randomUUID() };
}
