import { z } from 'zod';
import { jsonSchemaOf } from './json-schema.js';
import type { ProblemKind } from './problem-kind.js';
import { problems, problemType } from './problem.js';

export const problemSchema = jsonSchemaOf(
  z
    .object({
      type: z
        .string()
        .meta({ description: 'What kind of problem this is, for machines: it never changes meaning.' }),
      title: z.string().meta({ description: 'Its short name, English or Chinese by Accept-Language.' }),
      status: z.int(),
      detail: z.string().meta({ description: 'What was wrong in this case and what is expected.' }),
      instance: z.string().meta({ description: 'This request, as the logs name it.' }),
      errors: z
        .array(
          z.object({
            in: z.enum(['path', 'query', 'header', 'body']),
            path: z.string().meta({ description: 'A JSON Pointer to the field.' }),
            message: z.string(),
          }),
        )
        .optional(),
      rolesNeeded: z.array(z.string()).optional(),
    })
    .meta({ description: 'A problem document (RFC 9457).' }),
  'output',
);

export const responseName = (status: number): string => `Problem${status}`;

/** One response for each status, telling the problems that share it. */
export const problemResponses: Readonly<Record<string, object>> = Object.fromEntries(
  [...new Set(all().map(({ status }) => status))].sort().map((status) => [
    responseName(status),
    {
      description: all()
        .filter((kind) => kind.status === status)
        .map(
          ({ code, title, sentence }) => `- \`${problemType(code)}\`: ${title.en} (${title.zh}). ${sentence}`,
        )
        .join('\n'),
      ...headersOf(status),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]),
);

function all(): readonly ProblemKind[] {
  return Object.values(problems);
}

function headersOf(status: number): object {
  const name = status === 503 ? 'Retry-After' : status === 401 ? 'WWW-Authenticate' : undefined;
  return name ? { headers: { [name]: { schema: { type: 'string' } } } } : {};
}
