import { createHash, randomUUID } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Cause } from '#event-store/ask';
import type { CommandOptions } from '#event-store/command-classes';
import { derivedId } from '#event-store/ids';
import { id } from '#kernel/text';
import type { Caller } from './caller.js';
import { toldByHeaders, type commandHeaders } from './command-headers.js';
import { parseRequest } from './parse-request.js';
import { Problem, problems } from './problem.js';

/** The path's parameters. A UUID is read in lower case, since one aggregate must not have two names. */
export const aggregateParams = (idShape: z.ZodType<string> = id.toLowerCase()) =>
  z.strictObject({ id: idShape });

/** A command as it came in by HTTP, ready for the bus. */
export interface CommandRequest {
  readonly id: string;
  readonly data: unknown;
  readonly cause: Cause;
  readonly options: CommandOptions;
}

/** The shapes of a command's request: without `params` it creates. */
export interface CommandShapes {
  readonly params?: ReturnType<typeof aggregateParams> | undefined;
  readonly headers: typeof commandHeaders;
  readonly body: z.ZodObject;
}

/** Reads a command from a request. Throws a 400 that lists everything that is wrong. */
export function readCommand(shapes: CommandShapes, path: string, request: FastifyRequest): CommandRequest {
  const caller = callerOf(request);
  const { params, headers, body } = parseRequest(shapes, request);
  const route = `POST ${path.replace('{id}', params?.id ?? '')}`;
  const commandId = commandIdOf(caller.actor, route, headers['idempotency-key']);
  const { reason, ...data } = body as CommandBody;
  const expectedRevision = headers['if-match'];
  const cause = {
    actor: caller.actor,
    authority: caller.authority,
    ...toldByHeaders(headers, request.id),
    ...(reason && { reason }),
    causationId: commandId,
    commandId,
    requestHash: hashOf(request.body ?? {}),
  };
  return {
    id: params?.id ?? derivedId('created', commandId),
    data,
    cause,
    options: { creates: params === undefined, ...(expectedRevision !== undefined && { expectedRevision }) },
  };
}

/** Every command's body is its own shape and, where given, the reason: `bodyOf` in command-routes.ts. */
type CommandBody = { readonly reason?: { readonly code: string } };

function commandIdOf(actor: string, route: string, key: string | undefined): string {
  return key === undefined ? randomUUID() : derivedId('command', actor, route, key);
}

/** SHA-256 of the body's canonical form (RFC 8785): the same request spelt otherwise has the same hash. */
function hashOf(body: unknown): string {
  return createHash('sha256').update(canonicalForm(body)).digest('hex');
}

function canonicalForm(body: unknown): string {
  try {
    return canonicalize(body) ?? '';
  } catch {
    // Half a surrogate pair has no canonical form, and no database takes it.
    throw new Problem(problems.malformed);
  }
}

function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('a command was routed past the guard');
  return request.caller;
}
