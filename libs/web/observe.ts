import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { Log } from './log.js';
import { httpDurations } from './metrics.js';
import { markAnswer } from './send-problem.js';

/** nginx's status for a caller who hung up before the answer. */
const hungUp = 499;

/**
 * Writes one line and one measurement for each request. They hold the route's template, never its address: ids, query
 * strings, headers and bodies stay out of both.
 */
export function observe(server: FastifyInstance, log: Log, registry: Registry): void {
  const durations = httpDurations(registry);
  server.addHook('onRequest', (request, reply, done) => {
    markAnswer(request, reply);
    reply.raw.once('close', () => {
      const { method, id: requestId } = request;
      const route = request.routeOptions.url ?? 'none';
      const status = reply.raw.writableFinished ? reply.raw.statusCode : hungUp;
      const durationMs = Math.round(reply.elapsedTime * 10) / 10;
      durations.observe({ method, route, status }, durationMs / 1000);
      log.pino.info(
        { requestId, method, route, status, durationMs, actor: request.caller?.actor },
        'request',
      );
    });
    done();
  });
}
