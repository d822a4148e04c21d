import { z } from 'zod';

/** What a process that starts the embedded stores itself reads from its environment. */
export const embeddedSettings = {
  DATA_DIR: z.string().default('.fourstar'),
  /** Whether the embedded event store has TLS, users and access lists. */
  EMBEDDED_SECURE: z
    .enum(['true', 'false'], 'true or false')
    .default('false')
    .transform((text) => text === 'true'),
};
