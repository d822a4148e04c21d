import type { Trace } from '#kernel/trace';
import { ignore, rowsOf } from '#projection/change';
import { projection } from '#projection/projection';
import { contractEvents, type Term } from '../events.js';
import { TermRow } from './term-row.js';

const term = rowsOf(TermRow, 'contractId', 'termNo');

export const contractTerms = projection({
  name: 'contract-terms',
  version: 1,
  rows: term,
  events: [contractEvents],
  on: {
    ContractDrafted: ignore,
    FeeSet: ignore,
    ResponsibilityLetterRecorded: ignore,
    PartySigned: ignore,
    PartySealed: ignore,
    CounterpartsRecorded: ignore,
    FormationByPerformanceRecorded: ignore,
    FormationByPerformanceConfirmed: ignore,
    ContractBecameEffective: ({ id, data, meta }) => term.insert(rowOf(id, data.term, meta.trace)),
    ContractAmended: ignore,
    TermRepriced: ({ id, data: { termNo, annualFeeFen }, meta }) =>
      term.set(keyOf(id, termNo), {
        annualFeeFen: BigInt(annualFeeFen),
        whyAnnualFee: meta.trace?.['annualFeeFen'] ?? null,
      }),
    NoticeReminderIssued: ignore,
    NonRenewalNoticeReceived: ({ id, data: { stops } }) => (stops ? ending(id, stops) : []),
    NonRenewalNoticeCarriedOver: ({ id, data: { stops } }) => ending(id, stops),
    DisputableNoticeDecided: ({ id, data: { stops } }) => (stops ? ending(id, stops) : []),
    NoticeWithdrawn: ({ id, data: { resumes } }) =>
      resumes ? term.set(keyOf(id, resumes.termNo), { renewal: 'open' }) : [],
    RenewalLockHeld: ({ id, data }) => term.set(keyOf(id, data.termNo), { renewal: 'held' }),
    RenewalLocked: ({ id, data, meta }) =>
      term.set(keyOf(id, data.termNo), { renewal: 'locked', lockedAt: meta.effectiveAt }),
    ContractRenewed: ({ id, data, meta }) => [
      term.set(keyOf(id, data.term.termNo - 1), { state: 'renewed' }),
      term.insert(rowOf(id, data.term, meta.trace)),
    ],
    // Where later terms had begun, ContractExpired follows at once and says up to which one.
    RenewalRescinded: ({ id, data }) =>
      term.set(keyOf(id, data.termNo), { state: 'running', renewal: 'ending' }),
    ContractExpired: ({ id, data: { termNo, stops } }) => [
      term.set(keyOf(id, termNo), { state: 'expired' }),
      ...termsAfter(termNo, stops.termNo).map((each) => term.set(keyOf(id, each), { state: 'rescinded' })),
    ],
    ExpiryRescinded: ({ id, data }) => term.set(keyOf(id, data.termNo), { state: 'running' }),
    ContractTerminated: ({ id, data }) => term.set(keyOf(id, data.stops.termNo), { state: 'terminated' }),
  },
});

const keyOf = (contractId: string, termNo: number) => ({ contractId, termNo });

const ending = (contractId: string, { termNo }: { readonly termNo: number }) =>
  term.set(keyOf(contractId, termNo), { renewal: 'ending' });

/** The terms that had followed on `last` when it was found to be the last. */
const termsAfter = (last: number, current: number): number[] =>
  Array.from({ length: current - last }, (_, i) => last + 1 + i);

function rowOf(id: string, made: Term, trace: Readonly<Record<string, Trace>> = {}): TermRow {
  const { 'term.annualFeeFen': whyAnnualFee = null, ...others } = trace;
  const dates = Object.entries(others).filter(([path]) => path.startsWith('term.'));
  return {
    ...made,
    contractId: id,
    timelyFrom: made.timelyFrom ?? null,
    annualFeeFen: BigInt(made.annualFeeFen),
    state: 'running',
    renewal: 'open',
    lockedAt: null,
    whyAnnualFee,
    why: Object.fromEntries(dates.map(([path, why]) => [path.slice('term.'.length), why])),
  };
}
