import { z } from 'zod';
import type { History } from '#kernel/decider';
import { eventTable } from '#kernel/message';
import { refuser } from '#kernel/refusal';
import { instant, type Instant } from '#kernel/time';

/** Stands in until the policy context is merged: the declarations that other contexts rest on, and no more. */
const shapes = {
  PolicyActivated: z.object({
    version: z.int().min(1),
    activeFrom: instant,
    values: z.record(z.string(), z.unknown()),
    proposedBy: z.string(),
  }),
};

export interface PolicyVersion {
  readonly version: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly proposedBy: string;
  readonly activeFrom?: Instant;
}
export type PolicyState = readonly PolicyVersion[];

export const policies: History<PolicyState, typeof shapes> = {
  events: eventTable('policy', shapes),
  initial: [],
  evolve: { PolicyActivated: (state, version) => [...state, version] },
};

const refuse = refuser({ 'no-active-policy': { en: 'No policy is active', zh: '没有生效的政策' } });

/** The version that is in force at `at`, with its values. Refused when none is. */
export function activePolicy(state: PolicyState, at: Instant): PolicyVersion {
  const active = state.findLast(({ activeFrom }) => activeFrom !== undefined && activeFrom <= at);
  return active ?? refuse('no-active-policy', `No version of this policy is active at ${at}.`);
}
