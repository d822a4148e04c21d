import { policyRegistry } from '#policy/registry';
import { policyGroups } from './policy-groups.js';

export const policyDecider = policyRegistry(policyGroups);
