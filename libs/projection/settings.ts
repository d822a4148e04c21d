import { z } from 'zod';

/** Longer than any one statement on tables of a usual size takes, such as making an index. */
export const SILENCE_MS = 60_000;

/** What a process that uses the tables reads from its environment. */
export const databaseSettings = {
  DATABASE_URL: z
    .string('a connection string such as postgres://user@host:5432/fourstar')
    .regex(/^postgres(ql)?:\/\//, 'a connection string such as postgres://user@host:5432/fourstar'),
  /** How long Postgres may owe an answer, in ms, before its connection counts as lost. */
  DATABASE_SILENCE_MS: z.coerce
    .number('milliseconds, from 100')
    .int('whole milliseconds')
    .min(100, 'milliseconds, from 100')
    .default(SILENCE_MS),
};
