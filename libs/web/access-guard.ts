import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from './caller.js';
import { accessOf } from './endpoint.js';
import { Problem, problems } from './problem.js';
import { TokenVerifier, unauthenticated } from './token-verifier.js';

/** Lets a request pass when its token carries a role that the route names. A route that names none lets nobody pass. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly tokens: TokenVerifier) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = accessOf(context.getHandler());
    if (access === 'open') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { actor, roles } = await this.tokens.verify(bearerOf(request));
    const needed = access?.roles ?? [];
    const authority = needed.find((role) => roles.includes(role));
    if (authority === undefined) throw forbidden(needed);
    request.caller = { actor, roles, authority } satisfies Caller;
    return true;
  }
}

/** The token of `Authorization: Bearer …` (RFC 6750, 2.1). */
function bearerOf(request: FastifyRequest): string {
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!token) throw unauthenticated();
  return token;
}

const forbidden = (rolesNeeded: readonly string[]) =>
  new Problem(
    problems.forbidden,
    `This needs one of the roles: ${rolesNeeded.join(', ') || 'none allows it'}.`,
    {
      rolesNeeded,
      wwwAuthenticate: 'Bearer realm="fourstar", error="insufficient_scope"',
    },
  );
