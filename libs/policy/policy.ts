import { z } from 'zod';
import type { History } from '#kernel/decider';
import { eventTable } from '#kernel/message';
import { refuser } from '#kernel/refusal';
import { localDate, type Instant } from '#kernel/time';

/** Stands in until the policy context is merged: the declarations that other contexts rest on, and no more. */
const shapes = {
  PolicyActivated: z.object({
    version: z.int().min(1),
    activeFrom: localDate.optional(),
    values: z.record(z.string(), z.unknown()),
  }),
};

export interface PolicyState {
  readonly versions: readonly { version: number; activeAt: Instant; values: Record<string, unknown> }[];
}

export const policies: History<PolicyState, typeof shapes> = {
  events: eventTable('policy', shapes),
  initial: { versions: [] },
  evolve: {
    PolicyActivated: (was, { version, values }, { effectiveAt }) => ({
      versions: [...was.versions, { version, values, activeAt: effectiveAt }],
    }),
  },
};

const refuse = refuser({
  'no-active-policy': { en: 'No policy is active', zh: '没有生效的政策' },
});

/** The version that is in force at `at`, with its values. Refused when none is. */
export function activePolicy(
  state: PolicyState,
  at: Instant,
): { version: number; values: Record<string, unknown> } {
  const active = state.versions.findLast(({ activeAt }) => activeAt <= at);
  return active ?? refuse('no-active-policy', `No version of this policy is active at ${at}.`);
}
