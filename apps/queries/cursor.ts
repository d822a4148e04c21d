import { z } from 'zod';
import { Problem, problems } from '#web/problem';

/** Where a list goes on: the sort key of the last row that was shown, so that rows added meanwhile move nothing. */
export const cursorOf = (key: readonly string[]): string =>
  Buffer.from(JSON.stringify(key)).toString('base64url');

/** Reads a cursor of this list. Throws a 400 for anything else. */
export function readCursor<S extends z.ZodType>(key: S, cursor: string): z.output<S> {
  const parsed = key.safeParse(jsonIn(cursor));
  if (parsed.success) return parsed.data;
  const message = '`next` of an earlier page of the same list';
  throw new Problem(problems.invalid, undefined, { errors: [{ in: 'query', path: '/cursor', message }] });
}

function jsonIn(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** `next` in the answer of a list. */
export const next = z
  .string()
  .optional()
  .meta({ description: 'The cursor of the next page; absent on the last one.' });
