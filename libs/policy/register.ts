import type { PolicyGroups } from './group.js';
import { customerPolicies } from './register-customer.js';
import { linePolicies } from './register-line.js';
import { servicePolicies } from './register-service.js';

/**
 * The defaults of domain.md 7 whose contexts are still to come. Each context takes its own group over when it is built;
 * until then its values are kept, versioned and shown, and decide nothing.
 */
export const futurePolicies: PolicyGroups = { ...customerPolicies, ...linePolicies, ...servicePolicies };
