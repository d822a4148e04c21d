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

/**
 * Of some versions the one in force at `at`, if there is one: that which became active last by then, and of two at the same
 * instant the later in the list.
 */
export function lastInForce<V extends { readonly activeFrom: Instant | null }>(
  versions: readonly V[],
  at: Instant,
): V | undefined {
  let inForce: V | undefined;
  for (const version of versions) {
    if (version.activeFrom === null || version.activeFrom > at) continue;
    if (!inForce?.activeFrom || version.activeFrom >= inForce.activeFrom) inForce = version;
  }
  return inForce;
}

/** The version in force at `at`, if there is one. */
export const versionInForce = (state: PolicyState, at: Instant): ActiveVersion | undefined =>
  lastInForce(activated(state), at);

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
