import { impossible, type Evolve } from '#kernel/decider';
import type { contractEvents, Term } from './events.js';
import { feesAfter } from './price.js';
import { termsOf, type Contract, type Effective, type Ended, type Notice, type Watch } from './state.js';

export const evolve: Evolve<Contract, typeof contractEvents.shapes> = {
  ContractDrafted: (_, { lineItems, policy, policyVersion, ...asked }) => ({
    status: 'draft',
    drafted: { ...asked, waiverReason: lineItems[0]?.waiverReason ?? impossible('no line item') },
    policy,
    policyVersion,
    signed: {},
    sealed: {},
  }),
  FeeSet: (was, fee) => ({ ...agreed(was), fee }),
  ResponsibilityLetterRecorded: (was, { letter }) => ({ ...agreed(was), letter }),
  PartySigned: (was, { party, ...act }) => ({
    ...agreed(was),
    signed: { ...agreed(was).signed, [party]: act },
  }),
  PartySealed: (was, { party, ...act }) => ({
    ...agreed(was),
    sealed: { ...agreed(was).sealed, [party]: act },
  }),
  CounterpartsRecorded: (was, { counterparts }) => ({ ...agreed(was), counterparts }),
  FormationByPerformanceRecorded: (was, formation, { actor }) => ({
    ...agreed(was),
    formation: { ...formation, recordedBy: actor },
  }),
  FormationByPerformanceConfirmed: (was, { legalConfirmation }) => ({ ...agreed(was), legalConfirmation }),
  ContractBecameEffective: (was, { effectiveOn, term }) => ({
    ...agreed(was),
    status: 'effective',
    effectiveOn,
    pastTerms: [],
    term,
    termsBegun: term.termNo,
    watch: watchOf(term),
    notices: [],
    fees: [{ countsFrom: effectiveOn, annualFeeFen: term.annualFeeFen }],
    amendments: [],
  }),
  ContractAmended: (was, amendment) => ({
    ...executed(was),
    amendments: [...executed(was).amendments, amendment],
    fees: feesAfter(executed(was).fees, amendment),
  }),
  TermRepriced: (was, { termNo, annualFeeFen }) => {
    const priced = (term: Term): Term => (term.termNo === termNo ? { ...term, annualFeeFen } : term);
    const { pastTerms, term } = executed(was);
    return { ...executed(was), pastTerms: pastTerms.map(priced), term: priced(term) };
  },
  NoticeReminderIssued: (was, { daysBefore }) =>
    watching(was, { reminderDays: executed(was).watch.reminderDays.filter((days) => days !== daysBefore) }),
  NonRenewalNoticeReceived: (was, { noticeId, from, arrivedAt, evidence, termNo, ...data }, { actor }) => ({
    ...(data.stops ? unwatched(was) : executed(was)),
    notices: [
      ...executed(was).notices,
      {
        noticeId,
        from,
        arrivedAt,
        evidence,
        termNo,
        effect: data.effect,
        disputable: data.timeliness === 'disputable',
        enteredBy: actor,
      },
    ],
  }),
  NonRenewalNoticeCarriedOver: (was, { noticeId }) =>
    noticed(unwatched(was), noticeId, { effect: 'ends-term' }),
  DisputableNoticeDecided: (was, { noticeId, accepted, effect, stops }) =>
    noticed(stops ? unwatched(was) : executed(was), noticeId, { accepted, effect }),
  NoticeWithdrawn: (was, { noticeId, arrivedAt, evidence, effect, resumes }, { actor }) =>
    noticed(
      resumes
        ? watching(was, {
            round: resumes.round,
            reminderDays: resumes.reminders.map(({ daysBefore }) => daysBefore),
            lock: 'running',
          })
        : executed(was),
      noticeId,
      { effect: effect ?? 'none', withdrawal: { arrivedAt, evidence, enteredBy: actor } },
    ),
  RenewalLockHeld: (was) => watching(was, { lock: 'held' }),
  RenewalLocked: (was) => watching(was, { lock: 'locked' }),
  ContractRenewed: (was, { term }) => ({
    ...executed(was),
    pastTerms: [...executed(was).pastTerms, executed(was).term],
    term,
    termsBegun: term.termNo,
    watch: watchOf(term),
  }),
  RenewalRescinded: (was, { noticeId, termNo }) => {
    const terms = termsOf(executed(was));
    const term = terms.find((each) => each.termNo === termNo) ?? impossible(`no term ${termNo}`);
    return {
      ...noticed(unwatched(was), noticeId, { effect: 'ends-term', rescinded: true }),
      pastTerms: terms.filter((each) => each.termNo < termNo),
      term,
    };
  },
  ContractExpired: (was, _, { effectiveAt }) => ({
    ...unwatched(was),
    status: 'expired',
    endedAt: effectiveAt,
  }),
  ExpiryRescinded: (was, { noticeId }) => {
    const { endedAt: _, ...rest } = ended(was);
    return { ...noticed(rest, noticeId, { effect: 'none', expiryRescinded: true }), status: 'effective' };
  },
  ContractTerminated: (was, { ground, agreement, agreedOn }, { effectiveAt }) => ({
    ...unwatched(was),
    status: 'terminated',
    endedAt: effectiveAt,
    termination: { ground, agreement, agreedOn },
  }),
};

const watchOf = (term: Term): Watch => ({
  termNo: term.termNo,
  round: 0,
  reminderDays: term.reminders.map(({ daysBefore }) => daysBefore),
  lock: 'running',
});

const watching = (was: Contract, watch: Partial<Watch>) => ({
  ...executed(was),
  watch: { ...executed(was).watch, ...watch },
});
const unwatched = (was: Contract) => watching(was, { reminderDays: [], lock: 'stopped' });

const noticed = <S extends Pick<Effective | Ended, 'notices'>>(
  was: S,
  noticeId: string,
  change: Partial<Notice>,
) => ({
  ...was,
  notices: was.notices.map((notice) => (notice.noticeId === noticeId ? { ...notice, ...change } : notice)),
});

function agreed(was: Contract) {
  return was.status === 'none' ? impossible('a contract that was never drafted') : was;
}

function executed(was: Contract) {
  if (was.status === 'none' || was.status === 'draft') impossible(`a contract that is ${was.status}`);
  return was;
}

function ended(was: Contract) {
  if (!('endedAt' in was)) impossible(`a contract that is ${was.status}`);
  return was;
}
