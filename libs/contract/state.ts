import type { z } from 'zod';
import type { CommandData } from '#kernel/command';
import { impossible, type Evolve } from '#kernel/decider';
import type { DataOf } from '#kernel/message';
import type { Instant, LocalDate } from '#kernel/time';
import type { contractCommands } from './commands.js';
import type { WatchName } from './deadlines.js';
import type { act, contractEvents, noticeEffect, Party, Term } from './events.js';
import type { ContractPolicy } from './policy.js';
import type { AgreedFee } from './price.js';

export type Act = z.output<typeof act>;
type Data<N extends keyof typeof contractEvents> = DataOf<typeof contractEvents, N>;
type Asked<N extends keyof typeof contractCommands> = CommandData<typeof contractCommands, N>;

export interface Notice {
  readonly noticeId: string;
  readonly from: Party;
  readonly arrivedAt: Instant;
  readonly evidence: string;
  /** The term that it counts for. */
  readonly termNo: number;
  readonly effect: z.output<typeof noticeEffect>;
  /** Who entered it: another person must rescind a renewal on its strength. */
  readonly enteredBy: string;
  /** How a disputable notice was decided. */
  readonly accepted?: boolean;
  readonly disputable: boolean;
  readonly withdrawal?: { readonly arrivedAt: Instant; readonly evidence: string };
  readonly rescinded?: true;
}

/** What is still watched for in the running term. */
export interface Watch extends WatchName {
  /** The reminders that are still to come. */
  readonly reminderDays: readonly number[];
  /** `held`: fell due while a notice was undecided. `stopped`: a notice ends the term. */
  readonly lock: 'running' | 'held' | 'locked' | 'stopped';
}

/** What was agreed on paper, in every state after the draft. */
interface Agreed {
  readonly drafted: Asked<'DraftContract'>;
  readonly policy: ContractPolicy;
  readonly policyVersion: number;
  readonly fee?: Data<'FeeSet'>;
  readonly letter?: string;
  readonly signed: Readonly<Partial<Record<Party, Act>>>;
  readonly sealed: Readonly<Partial<Record<Party, Act>>>;
  readonly counterparts?: Data<'CounterpartsRecorded'>['counterparts'];
  readonly formation?: Data<'FormationByPerformanceRecorded'> & { readonly recordedBy: string };
  readonly legalConfirmation?: string;
}

export interface Draft extends Agreed {
  readonly status: 'draft';
}

/** What a contract is once it took effect, also after its end. */
interface Executed extends Agreed {
  readonly effectiveOn: LocalDate;
  /** The terms before the current one, first to last. */
  readonly pastTerms: readonly Term[];
  /** The current term, or the last. */
  readonly term: Term;
  readonly watch: Watch;
  readonly notices: readonly Notice[];
  readonly fees: readonly AgreedFee[];
  readonly amendments: readonly Asked<'AmendContract'>[];
}

export interface Effective extends Executed {
  readonly status: 'effective';
}

export interface Ended extends Executed {
  readonly status: 'expired' | 'terminated';
  readonly endedAt: Instant;
  readonly termination?: Asked<'TerminateContract'>;
}

/** Only what the rules need to know. What screens need is in the tables. */
export type Contract = { readonly status: 'none' } | Draft | Effective | Ended;

export const initial: Contract = { status: 'none' };

export const evolve: Evolve<Contract, typeof contractEvents> = {
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
    watch: watchOf(term),
    notices: [],
    fees: [{ countsFrom: effectiveOn, annualFeeFen: term.annualFeeFen }],
    amendments: [],
  }),
  ContractAmended: (was, amendment) => ({
    ...executed(was),
    amendments: [...executed(was).amendments, amendment],
    fees: amendment.changes.fee
      ? [
          ...executed(was).fees,
          { countsFrom: amendment.effectiveOn, annualFeeFen: amendment.changes.fee.annualFeeFen },
        ]
      : executed(was).fees,
  }),
  NoticeReminderIssued: (was, { daysBefore }) =>
    watching(was, { reminderDays: executed(was).watch.reminderDays.filter((days) => days !== daysBefore) }),
  NonRenewalNoticeReceived: (was, { noticeId, from, arrivedAt, evidence, termNo, ...data }, { actor }) => ({
    ...(data.stops ? unwatched(was) : executed(was)),
    notices: [
      ...executed(was).notices,
      {
        ...{ noticeId, from, arrivedAt, evidence, termNo, effect: data.effect, enteredBy: actor },
        disputable: data.timeliness === 'disputable',
      },
    ],
  }),
  NonRenewalNoticeCarriedOver: (was, { noticeId }) =>
    noticed(unwatched(was), noticeId, { effect: 'ends-term' }),
  DisputableNoticeDecided: (was, { noticeId, accepted, effect, stops }) =>
    noticed(stops ? unwatched(was) : executed(was), noticeId, { accepted, effect }),
  NoticeWithdrawn: (was, { noticeId, arrivedAt, evidence, resumes }) =>
    noticed(
      resumes
        ? watching(was, {
            round: resumes.round,
            reminderDays: resumes.reminders.map(({ daysBefore }) => daysBefore),
            lock: 'running',
          })
        : executed(was),
      noticeId,
      { effect: 'none', withdrawal: { arrivedAt, evidence } },
    ),
  RenewalLockHeld: (was) => watching(was, { lock: 'held' }),
  RenewalLocked: (was) => watching(was, { lock: 'locked' }),
  ContractRenewed: (was, { term }) => ({
    ...executed(was),
    pastTerms: [...executed(was).pastTerms, executed(was).term],
    term,
    watch: watchOf(term),
  }),
  RenewalRescinded: (was, { noticeId, termNo }) => {
    const terms = termsOf(executed(was));
    const term = terms.find((each) => each.termNo === termNo) ?? impossible(`no term ${termNo}`);
    return {
      ...noticed(unwatched(was), noticeId, { effect: 'ends-term', rescinded: true }),
      pastTerms: terms.filter((each) => each.termNo < termNo),
      term,
      watch: { termNo, round: 0, reminderDays: [], lock: 'stopped' },
    };
  },
  ContractExpired: (was, _, { effectiveAt }) => ({
    ...unwatched(was),
    status: 'expired',
    endedAt: effectiveAt,
  }),
  ContractTerminated: (was, { ground, agreement, agreedOn }, { effectiveAt }) => ({
    ...unwatched(was),
    status: 'terminated',
    endedAt: effectiveAt,
    termination: { ground, agreement, agreedOn },
  }),
};

export const termsOf = ({ pastTerms, term }: Effective | Ended): readonly Term[] => [...pastTerms, term];

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

const noticed = (was: Effective | Ended, noticeId: string, change: Partial<Notice>) => ({
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
