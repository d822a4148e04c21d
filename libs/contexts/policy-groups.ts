import { contractPolicy, contractPolicyDefaults, contractPolicyKeys } from '#contract/policy';
import type { PolicyGroups } from '#policy/group';
import { futurePolicies } from '#policy/register';

/** Every policy of the system, by context: for those who show them as well as for those who decide by them. */
export const policyGroups: PolicyGroups = {
  contract: { shape: contractPolicy, defaults: contractPolicyDefaults, keys: contractPolicyKeys },
  ...futurePolicies,
};
