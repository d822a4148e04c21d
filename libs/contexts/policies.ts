import { contractPolicies } from '#contract/policy';
import type { PolicyGroups } from '#policy/group';
import { futurePolicies } from '#policy/register';
import { policyRegistry } from '#policy/registry';

/** Every policy of the system, by context. */
export const policyGroups: PolicyGroups = { contract: contractPolicies, ...futurePolicies };

export const policyDecider = policyRegistry(policyGroups);
