import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { firstValueFrom, from, throwError, timeout, type Observable } from 'rxjs';
import { Problem, problems } from './problem.js';

/**
 * Answers for a handler that takes too long; what the handler began goes on, so the outcome is unknown. Fastify's own
 * `handlerTimeout` does not serve: it ends with the request stream, which on a POST closes as soon as the body is read.
 */
@Injectable()
export class TimeLimit implements NestInterceptor {
  constructor(private readonly limitMs: number) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { place } = context.switchToHttp().getRequest<FastifyRequest>();
    place?.hold('work');
    const release = () => place?.release('work');
    const work = firstValueFrom(next.handle(), { defaultValue: undefined });
    void work.then(release, release);
    const late = () => throwError(() => new Problem(problems.timedOut));
    return from(work).pipe(timeout({ first: this.limitMs, with: late }));
  }
}
