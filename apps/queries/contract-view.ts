import type { z } from 'zod';
import { contractEvents, paymentManner, product, survivingClause, terminationGround } from '#contract/events';
import { missingPart, missingParts } from '#contract/missing-part';
import { contractStatus, type ContractRow } from '#contract/tables/contract-row';
import type { NoticeRow } from '#contract/tables/notices';
import { renewalState, termState, type TermRow } from '#contract/tables/term-row';
import type { DeadlineRow } from '#projection/tables/deadlines';
import type { Language } from '#web/language';
import { naming } from './coded.js';
import type { contractAnswer, contractSummary, termAnswer } from './contract-answer.js';
import { nextDates } from './next-dates.js';
import { viewOfNotice } from './notice-view.js';
import { allExplained } from './why.js';

/** Every row that is about one contract. */
export interface ContractRows {
  readonly contract: ContractRow;
  /** First to last. */
  readonly terms: readonly TermRow[];
  /** In the order of their arrival. */
  readonly notices: readonly NoticeRow[];
  /** Soonest first. */
  readonly deadlines: readonly DeadlineRow[];
}

const formation = contractEvents.shapes.ContractBecameEffective.shape.by;

export function viewOfContract(
  { contract, terms, notices, deadlines }: ContractRows,
  language: Language,
): z.output<typeof contractAnswer> {
  const { annualFeeFen, annualFeeCapital, terminationGround: ground } = contract;
  return {
    ...commonIn(contract, language),
    sites: [...contract.sites],
    paymentManner: naming(paymentManner, language)(contract.paymentManner),
    fee:
      annualFeeFen === null || annualFeeCapital === null
        ? null
        : { annualFeeFen: Number(annualFeeFen), annualFeeCapital },
    amendedFrom: contract.amendedFrom,
    execution: executionOf(contract, language),
    formedBy: contract.formedBy && naming(formation, language)(contract.formedBy),
    policyVersion: contract.policyVersion,
    policy: contract.policy,
    terminationGround: ground && naming(terminationGround, language)(ground),
    survives: contract.survives.map(naming(survivingClause, language)),
    termNo: contract.termNo,
    terms: terms.map((term) => ({
      ...viewOfTerm(term, language),
      why: allExplained(
        { ...term.why, ...(term.whyAnnualFee && { annualFeeFen: term.whyAnnualFee }) },
        language,
      ),
    })),
    notices: notices.map((notice) => viewOfNotice(notice, language)),
    next: nextDates(deadlines, terms, language),
    why: allExplained(contract.why, language),
  };
}

export const summaryOf = (
  contract: ContractRow,
  term: TermRow | undefined,
  language: Language,
): z.output<typeof contractSummary> => ({
  ...commonIn(contract, language),
  term: term ? viewOfTerm(term, language) : null,
});

const commonIn = (contract: ContractRow, language: Language) => ({
  id: contract.id,
  revision: contract.revision,
  customerId: contract.customerId,
  carrierBranch: contract.carrierBranch,
  product: naming(product, language)(contract.product),
  bandwidthMbps: contract.bandwidthMbps,
  status: naming(contractStatus, language)(contract.status),
  effectiveOn: contract.effectiveOn,
  endedAt: contract.endedAt,
  updatedAt: contract.updatedAt,
});

const missingIn = (contract: ContractRow) =>
  contract.status === 'draft'
    ? missingParts({ ...contract, executionMode: contract.policy.executionMode })
    : [];

const executionOf = (contract: ContractRow, language: Language) => ({
  responsibilityLetter: contract.responsibilityLetter,
  signed: { A: contract.signedAOn, B: contract.signedBOn },
  sealed: { A: contract.sealedAOn, B: contract.sealedBOn },
  counterparts: contract.counterparts,
  performedOn: contract.performedOn,
  legalConfirmation: contract.legalConfirmation,
  missing: missingIn(contract).map(naming(missingPart, language)),
});

const viewOfTerm = (term: TermRow, language: Language): Omit<z.output<typeof termAnswer>, 'why'> => ({
  termNo: term.termNo,
  state: naming(termState, language)(term.state),
  renewal: naming(renewalState, language)(term.renewal),
  startsOn: term.startsOn,
  endsOn: term.endsOn,
  expiresAt: term.expiresAt,
  noticeLimitOn: term.noticeLimitOn,
  forwardLimitOn: term.forwardLimitOn,
  timelyFrom: term.timelyFrom,
  timelyBefore: term.timelyBefore,
  locksAt: term.locksAt,
  lockedAt: term.lockedAt,
  annualFeeFen: Number(term.annualFeeFen),
});
