import { contractPolicy, contractPolicyDefaults, contractPolicyKeys } from '#contract/policy';
import type { PolicyGroups } from '#policy/group';
import { futurePolicies } from '#policy/register';
import { policyRegistry } from '#policy/registry';

/** Every policy of the system, by context. */
export const policyGroups: PolicyGroups = {
  contract: { shape: contractPolicy, defaults: contractPolicyDefaults, keys: contractPolicyKeys },
  ...futurePolicies,
};

export const policyDecider = policyRegistry(policyGroups);
