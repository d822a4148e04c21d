import { z } from 'zod';
import { eventTable } from '#kernel/message';
import { instant, localDate } from '#kernel/time';

const atom = z.union([z.string(), z.number(), z.boolean()]);
/** A setting of the house: a number, a code, a switch or a list of them; never anything personal. */
const policyValue = z.union([atom, z.array(atom)]).meta({ public: true });
export type PolicyValue = z.output<typeof policyValue>;

/** Name of a setting -> its value. */
export const policyValues = z.record(z.string(), policyValue).meta({ public: true });

/** What can happen to the policies of one context. Stored for ever. */
export const policyEvents = eventTable('policy', {
  /** A whole set of values under a new version; the reason stands in the envelope. */
  PolicyProposed: z.object({ version: z.int().min(1), values: policyValues }),
  PolicyActivated: z.object({
    version: z.int().min(1),
    activeFromOn: localDate.optional(),
    /** The start of that day in the business zone; for the first version the instant at which it was adopted. */
    activeFrom: instant,
  }),
});
