import { z } from 'zod';
import { eventTable } from '#kernel/message';
import { instant, localDate } from '#kernel/time';

/** Values of a policy are settings of the house: numbers, codes and switches, never anything personal. */
const values = z.record(z.string(), z.json()).meta({ public: true });

/** What can happen to the policies of one context. Stored for ever. */
export const policyEvents = eventTable('policy', {
  /** A whole set of values under a new version; the reason stands in the envelope. */
  PolicyProposed: z.object({ version: z.int().min(1), values }),
  PolicyActivated: z.object({
    version: z.int().min(1),
    activeFromOn: localDate.optional(),
    /** The start of that day in the business zone; for the first version the instant at which it was adopted. */
    activeFrom: instant,
  }),
});
