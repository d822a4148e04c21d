import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Problem, problems, type FieldError } from './problem.js';

interface Shapes {
  readonly params?: z.ZodObject | undefined;
  readonly query?: z.ZodObject | undefined;
  readonly headers?: z.ZodObject | undefined;
  readonly body?: z.ZodObject | undefined;
}
/** A part without a shape is not looked at and undefined. */
export type Parsed<S extends Shapes> = {
  readonly [K in keyof S]:
    | (S[K] extends z.ZodObject | undefined ? z.output<NonNullable<S[K]>> : never)
    | (undefined extends S[K] ? undefined : never);
};

const parts = [
  ['params', 'path'],
  ['query', 'query'],
  ['headers', 'header'],
  ['body', 'body'],
] as const;

/** Parses the parts of a request that have a shape. Throws one 400 that lists all that is wrong in any of them. */
export function parseRequest<S extends Shapes>(shapes: S, request: FastifyRequest): Parsed<S> {
  const parsed: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  for (const [part, where] of parts) {
    const shape = shapes[part];
    if (!shape) continue;
    // A command without fields may come without a body.
    const result = shape.safeParse(part === 'body' ? (request.body ?? {}) : request[part]);
    if (result.success) parsed[part] = result.data;
    else errors.push(...result.error.issues.flatMap((issue) => fieldErrors(where, issue)));
  }
  if (errors.length > 0) throw new Problem(problems.invalid, undefined, { errors });
  // Each part was parsed by its own shape just above.
  return parsed as Parsed<S>;
}

function fieldErrors(where: FieldError['in'], issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      in: where,
      path: pointer([...issue.path, key]),
      message: 'unknown field',
    }));
  }
  return [{ in: where, path: pointer(issue.path), message: issue.message }];
}

const pointer = (path: readonly PropertyKey[]) =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
