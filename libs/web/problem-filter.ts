import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Log } from './log.js';
import { problemOf } from './problem-of.js';
import { sendProblem } from './send-problem.js';

/** Turns everything thrown below a route, and everything that Fastify finds wrong with a request, into a problem. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = problemOf(error);
    if (problem.kind.status === 500)
      this.log.pino.error({ requestId: request.id, err: error }, 'request failed');
    // After a time-out the answer is already out, and what the handler still throws has nobody to go to.
    if (!reply.sent) sendProblem(request, reply, problem);
  }
}
