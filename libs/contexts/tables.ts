import { contractNotices } from '#contract/tables/notices';
import { contracts } from '#contract/tables/contracts';
import { contractTerms } from '#contract/tables/terms';
import { policies } from '#policy/tables/policies';
import type { Projection } from '#projection/projection';

/** Every projected table of the system: for the process that writes them and those that read them. */
export const projections: readonly Projection[] = [contracts, contractTerms, contractNotices, policies];
