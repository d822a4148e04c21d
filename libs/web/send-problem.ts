import type { FastifyReply, FastifyRequest } from 'fastify';
import { languageOf } from './language.js';
import { problemType, type Problem } from './problem.js';

/** What every answer says: which request it answers, and that nobody may keep it. */
export function markAnswer(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('X-Request-Id', request.id).header('Cache-Control', 'no-store');
}

/** Answers with a problem document (RFC 9457), its title in the caller's language. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  const { kind, extras } = problem;
  const language = languageOf(request.headers['accept-language']);
  void reply
    .code(kind.status)
    .type('application/problem+json')
    .header('Content-Language', language === 'zh' ? 'zh-CN' : 'en')
    .header('Vary', 'Accept-Language');
  if (kind.retryAfterSeconds) void reply.header('Retry-After', String(kind.retryAfterSeconds));
  if (extras.wwwAuthenticate) void reply.header('WWW-Authenticate', extras.wwwAuthenticate);
  void reply.send({
    type: problemType(kind.code),
    title: kind.title[language],
    status: kind.status,
    detail: problem.sentence,
    instance: `urn:uuid:${request.id}`,
    ...(extras.errors && { errors: extras.errors }),
    ...(extras.rolesNeeded && { rolesNeeded: extras.rolesNeeded }),
  });
}
