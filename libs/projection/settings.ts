import { z } from 'zod';
import { whole } from '#web/settings';

/** Longer than any one statement on tables of a usual size takes, such as making an index. */
export const SILENCE_MS = 60_000;

/** What a process that uses the tables reads from its environment. */
export const databaseSettings = {
  DATABASE_URL: z
    .string('a connection string such as postgres://user@host:5432/fourstar')
    .regex(/^postgres(ql)?:\/\//, 'a connection string such as postgres://user@host:5432/fourstar'),
  /** How long Postgres may owe an answer, in ms, before its connection counts as lost. */
  DATABASE_SILENCE_MS: whole(1_000, 3_600_000, 'milliseconds that an answer may take').default(SILENCE_MS),
};
