import type { LocalDate } from '#kernel/time';
import { derivation } from '#kernel/trace';
import type { ContractPolicy } from './policy.js';

/**
 * D0, the date on which the contract takes effect (AGR-10.1): that of the last of the four acts, or, where signing or sealing will do, the
 * later of the two parties' first acts. Null while an act is missing.
 */
export const effectiveDate = derivation(
  'contract.effective-date',
  1,
  (i: {
    executionMode: ContractPolicy['executionMode'];
    signedByA: LocalDate | null;
    sealedByA: LocalDate | null;
    signedByB: LocalDate | null;
    sealedByB: LocalDate | null;
  }): LocalDate | null => {
    const byA = present(i.signedByA, i.sealedByA);
    const byB = present(i.signedByB, i.sealedByB);
    if (i.executionMode === 'SIGN_AND_SEAL')
      return byA.length + byB.length === 4 ? latest([...byA, ...byB]) : null;
    return byA.length > 0 && byB.length > 0 ? latest([earliest(byA), earliest(byB)]) : null;
  },
);

const present = (...dates: (LocalDate | null)[]) => dates.filter((date) => date !== null);
const latest = (dates: readonly LocalDate[]) => dates.reduce((a, b) => (a > b ? a : b));
const earliest = (dates: readonly LocalDate[]) => dates.reduce((a, b) => (a < b ? a : b));

/** Civil Code art. 490: the day on which one party had performed its main obligation and the other accepted it. */
export const performanceDate = derivation(
  'contract.effective-date-by-performance',
  1,
  (i: { performedOn: LocalDate }): LocalDate => i.performedOn,
);
