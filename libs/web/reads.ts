import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Caller } from './caller.js';
import { accessOf, Serves } from './endpoint.js';
import { languageOf, type Language } from './language.js';
import { parseRequest } from './parse-request.js';
import { positionToken } from './position-token.js';
import { problems } from './problem.js';

/** The page of a list: spread its shape into a query (`...page.shape`). */
export const page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'How many at most.' }),
  cursor: z.string().max(500).optional().meta({ description: 'Where to go on: `next` of the page before.' }),
});

const everyQuery = {
  atLeast: positionToken
    .optional()
    .meta({ description: 'Answer only from tables that have reached this position of the log.' }),
};

/** A GET route below `/v1`, as its handler and its documentation need it. */
export interface Reading<P extends z.ZodObject = z.ZodObject, Q extends z.ZodObject = z.ZodObject> {
  readonly path: `/${string}`;
  /** Unique among all routes: the documentation's `operationId`, such as `listContracts`. */
  readonly name: string;
  readonly group: string;
  readonly roles: readonly string[];
  readonly does: string;
  readonly params?: P;
  readonly query?: Q;
  /** What it answers with, as it travels. */
  readonly answers: z.ZodType;
  /** What its ETag says; absent when it sends none. */
  readonly etag?: string;
}

/** Infers a reading's types, for `Reads(…)` and `AskedOf<typeof …>`. */
export const reading = <P extends z.ZodObject = z.ZodObject<{}>, Q extends z.ZodObject = z.ZodObject<{}>>(
  it: Reading<P, Q>,
): Reading<P, Q> => it;

/** What a handler is asked, parsed. */
export interface AskedOf<R extends Reading> {
  readonly params: z.output<NonNullable<R['params']>>;
  readonly query: z.output<NonNullable<R['query']>>;
  /** A position token that the answer must not be older than; `PositionTokens` reads it. */
  readonly atLeast?: string;
  readonly language: Language;
  readonly caller: Caller;
}

/** Makes a method of a controller the handler of a reading. It gets what was asked by `@Asked()`. */
export function Reads({ path, params, query, etag, ...rest }: Reading): MethodDecorator {
  return Serves({
    ...rest,
    method: 'get',
    path: `/v1${path}`,
    params: (params ?? z.object({})).strict(),
    query: (query ?? z.object({})).strict().safeExtend(everyQuery),
    status: 200,
    answerHeaders: {
      'Fourstar-Position': 'The position of the log that this answer reflects.',
      ...(etag && { ETag: etag }),
    },
    problems: [problems.notFound],
  });
}

/** The parsed request of a method that `Reads`. Throws a 400 that lists everything that is wrong. */
export const Asked = createParamDecorator((_: undefined, context: ExecutionContext) => {
  const endpoint = accessOf(context.getHandler());
  if (!endpoint || endpoint === 'open') throw new Error('@Asked() stands in methods with @Reads only');
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { params, query } = parseRequest({ params: endpoint.params, query: endpoint.query }, request);
  const { atLeast, ...ownQuery } = query ?? {};
  return {
    params,
    query: ownQuery,
    ...(atLeast !== undefined && { atLeast }),
    language: languageOf(request.headers['accept-language']),
    caller: request.caller,
  };
});
