import { z } from 'zod';
import type { Decider } from '#kernel/decider';
import { policyCommands } from './commands.js';
import { policyDeadlines } from './deadlines.js';
import { decidePolicy } from './decide.js';
import type { policyEvents } from './events.js';
import type { PolicyGroups } from './group.js';
import { policies, type PolicyState } from './policy.js';
import { policyRefusals } from './refusals.js';

/** The policy registry: one aggregate for each group, named after it. */
export const policyRegistry = (
  groups: PolicyGroups,
): Decider<PolicyState, typeof policyCommands, typeof policyEvents.shapes> => ({
  ...policies,
  commands: policyCommands,
  decide: decidePolicy(groups),
  deadlines: policyDeadlines,
  refusals: policyRefusals,
  idShape: z.enum(Object.keys(groups)),
  subjects: (_, id) => [`policy:${id}`],
});
