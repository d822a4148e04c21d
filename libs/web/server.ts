import { randomUUID } from 'node:crypto';
import helmet from '@fastify/helmet';
import { fastify, type FastifyInstance } from 'fastify';
import { serveDocsPage } from './docs-page.js';
import { toJson } from './json.js';
import { Problem, problems } from './problem.js';
import { markAnswer, sendProblem } from './send-problem.js';

const bodyMaxBytes = 256 * 1024;

/** The HTTP server below Nest: its limits, its security headers, how it writes JSON, and the /docs page. */
export async function newServer(): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: bodyMaxBytes,
    requestTimeout: 15_000,
    // Half a request is cut off within seconds of that, not within the half minute that is Node's own habit.
    http: { connectionsCheckingInterval: 2_000 },
    genReqId: () => randomUUID(),
    // The gate says it as a problem document.
    return503OnClosing: false,
    // The router refuses a broken address before any hook has run.
    frameworkErrors: (_error, request, reply) => {
      markAnswer(request, reply);
      sendProblem(request, reply, new Problem(problems.malformed));
    },
  });
  server.decorateRequest('caller', null);
  server.setReplySerializer(toJson);
  server.removeContentTypeParser('text/plain');
  await server.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy },
  });
  await serveDocsPage(server);
  return server;
}

/** Nothing from elsewhere and no inline script; swagger-ui draws with inline styles and `data:` pictures. */
const contentSecurityPolicy = {
  'default-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'style-src': ["'self'", "'unsafe-inline'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};
