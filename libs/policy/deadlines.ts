import { none, type Deadlines } from '#kernel/due';
import type { policyEvents } from './events.js';

/** A policy comes into force by its date alone: nobody has to be woken for it. */
export const policyDeadlines: Deadlines<typeof policyEvents.shapes> = {
  PolicyProposed: none,
  PolicyActivated: none,
};
