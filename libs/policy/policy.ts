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

type ActiveVersion = PolicyVersion & { readonly activeFrom: Instant };

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

/** The version in force at `at`, if there is one: the one that became active last by then. */
export function versionInForce(state: PolicyState, at: Instant): ActiveVersion | undefined {
  let active: ActiveVersion | undefined;
  for (const version of activated(state)) {
    if (version.activeFrom <= at && (!active || version.activeFrom >= active.activeFrom)) active = version;
  }
  return active;
}

/** The versions that are in force from some instant on, past or coming. */
export const activated = (state: PolicyState): readonly ActiveVersion[] =>
  state.flatMap((version) => (version.activeFrom ? [{ ...version, activeFrom: version.activeFrom }] : []));

/**
 * The version in force at `at`. What was decided under an earlier one stands.
 * @throws Refusal `no-active-policy`
 */
export function activePolicy(state: PolicyState, at: Instant): PolicyVersion {
  return (
    versionInForce(state, at) ?? refuse('no-active-policy', `No version of this policy is in force at ${at}.`)
  );
}
