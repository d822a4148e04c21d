import { z } from 'zod';

/** What a process that uses the tables reads from its environment. */
export const databaseSettings = {
  DATABASE_URL: z
    .string('a connection string such as postgres://user@host:5432/fourstar')
    .regex(/^postgres(ql)?:\/\//, 'a connection string such as postgres://user@host:5432/fourstar'),
};
