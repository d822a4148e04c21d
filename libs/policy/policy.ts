import type { History } from '#kernel/decider';
import { impossible } from '#kernel/decider';
import { refuser } from '#kernel/refusal';
import type { Instant } from '#kernel/time';
import { policyEvents } from './events.js';
import type { PolicyValues } from './group.js';
import { policyRefusals } from './refusals.js';

const refuse = refuser(policyRefusals);

export interface PolicyVersion {
  readonly version: number;
  readonly values: PolicyValues;
  readonly proposedBy: string;
  /** Absent while it is only proposed. */
  readonly activeFrom?: Instant;
}

/** All versions of a context's policies, in the order of their numbers. */
export type PolicyState = readonly PolicyVersion[];

/** How the policies of a context came about: a foreign stream for every rule that works by them. */
export const policies: History<PolicyState, typeof policyEvents.shapes> = {
  events: policyEvents,
  initial: [],
  evolve: {
    PolicyProposed: (state, { version, values }, { actor }) => [
      ...state,
      { version, values, proposedBy: actor },
    ],
    PolicyActivated: (state, { version, activeFrom }) => {
      if (!state.some((known) => known.version === version))
        impossible(`policy ${version} was never proposed`);
      return state.map((known) => (known.version === version ? { ...known, activeFrom } : known));
    },
  },
};

/**
 * The version in force at `at`: the one that became active last by then. What was decided under an earlier one stands.
 * @throws Refusal `no-active-policy`
 */
export function activePolicy(state: PolicyState, at: Instant): PolicyVersion {
  let active: (PolicyVersion & { readonly activeFrom: Instant }) | undefined;
  for (const version of state) {
    const { activeFrom } = version;
    if (activeFrom === undefined || activeFrom > at) continue;
    if (!active || activeFrom >= active.activeFrom) active = { ...version, activeFrom };
  }
  return active ?? refuse('no-active-policy', `No version of this policy is in force at ${at}.`);
}
