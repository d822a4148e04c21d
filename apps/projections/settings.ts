import { z } from 'zod';

const expected = 'milliseconds between two samples, a whole number from 0 (never) to 86400000';

/** What the projections read from their environment beside what every application does. */
export const projectionSettings = {
  RECONCILE_EVERY_MS: z.coerce
    .number(expected)
    .int(expected)
    .min(0, expected)
    .max(86_400_000, expected)
    .default(300_000),
};
