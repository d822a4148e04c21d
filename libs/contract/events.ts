import { z } from 'zod';
import { labelled } from '#kernel/label';
import { eventTable } from '#kernel/message';
import { fen } from '#kernel/money';
import { id, publicText, reasonCode, reference } from '#kernel/text';
import { instant, localDate } from '#kernel/time';
import { contractPolicy } from './policy.js';

export const party = labelled({
  A: { en: 'party A, the customer', zh: '甲方（客户）' },
  B: { en: 'party B, the carrier', zh: '乙方（运营商）' },
});
export type Party = z.output<typeof party>;

export const product = labelled({ 'leased-ip-line': { en: 'leased IP line', zh: '宽带IP专线' } });
export const paymentManner = labelled({
  cash: { en: 'cash', zh: '现金' },
  'transfer-cheque': { en: 'transfer cheque', zh: '转账支票' },
});
export const lineItem = labelled({
  construction: { en: 'construction (AGR-2.2)', zh: '工程建设费' },
  connection: { en: 'connection (AGR-3.1)', zh: '一次性接入费' },
  handling: { en: 'handling (AGR-3.1)', zh: '手续费' },
});
/** Civil Code art. 469: what can be retrieved in a tangible form is written form. A telephone call is not. */
export const medium = labelled({
  letter: { en: 'letter', zh: '信件' },
  fax: { en: 'fax', zh: '传真' },
  'e-mail': { en: 'e-mail', zh: '电子邮件' },
  'data-message': { en: 'other retrievable data message', zh: '其他数据电文' },
  telephone: { en: 'telephone', zh: '电话' },
  'spoken-word': { en: 'spoken word', zh: '口头' },
});
export const timeliness = labelled({
  early: { en: 'before the notice window', zh: '早于通知期' },
  timely: { en: 'on time', zh: '按时' },
  disputable: { en: 'disputable', zh: '有争议' },
  late: { en: 'late', zh: '逾期' },
});
export const noticeEffect = labelled({
  'ends-term': { en: 'the contract ends with the term', zh: '合同于期满时终止' },
  'adds-nothing': { en: 'recorded beside an earlier notice that suffices', zh: '已有有效通知，仅作记录' },
  'to-be-decided': { en: 'a person must decide', zh: '待人工决定' },
  'needs-rescission': { en: 'on time, but the renewal must be rescinded first', zh: '按时，须先撤销续期' },
  'expiry-needs-rescission': {
    en: 'withdrawn in time, but the expiry must be rescinded first',
    zh: '已及时撤回，须先撤销期满终止',
  },
  'next-term': { en: 'counts for the next term', zh: '计入下一期' },
  none: { en: 'no effect', zh: '无效力' },
});
export const withdrawalBasis = labelled({
  'arrived-first': { en: 'it arrived before or together with the notice', zh: '撤回通知先于或同时到达' },
  consent: { en: 'the other party consented', zh: '对方同意' },
});
export const amendmentCause = labelled({
  change: { en: 'change by agreement (AGR-7)', zh: '协商变更' },
  'conflict-with-law': { en: 'conflict with law (AGR-10.2)', zh: '与法律抵触' },
  'not-covered': { en: 'matter not covered (AGR-10.4)', zh: '未尽事宜' },
});
export const terminationGround = labelled({
  MUTUAL: { en: 'agreement of both parties', zh: '协商一致解除' },
});
export const survivingClause = labelled({
  settlement: { en: 'settlement clauses (Civil Code art. 567)', zh: '结算和清理条款' },
  confidentiality: { en: 'confidentiality, without end (AGR-9)', zh: '保密义务' },
});

/** What a party did to the paper, when, and where the proof is. The signatory is an opaque id. */
export const act = z.object({ on: localDate, evidence: reference, signatory: reference });

export const fee = z.object({ annualFeeFen: fen.min(1), annualFeeCapital: publicText(60) });

/** Up to ten terabits: more than any line, and within what a table's integer holds. */
export const bandwidthMbps = z.int().min(1).max(10_000_000).meta({ public: true });
export const sites = z.array(reference).min(1).max(50);
export const counterpart = z.object({ copy: reference, holder: party });
export const counterparts = z.array(counterpart).length(4);
export const amendmentChanges = z.object({
  fee: fee.optional(),
  bandwidthMbps: bandwidthMbps.optional(),
  sites: sites.optional(),
});

const termNo = z.int().min(1);
const daysBefore = z.int().min(1);
const reminders = z.array(z.object({ daysBefore, remindAt: instant }));

/** One term with every date that anything ever waits for, fixed when the term is: nothing is looked up later. */
export const term = z.object({
  termNo,
  startsOn: localDate,
  /** The last day of the term. */
  endsOn: localDate,
  /** 24:00 of `endsOn`, exclusive. */
  expiresAt: instant,
  noticeLimitOn: localDate,
  /** The latest day from which a full notice period still runs, counted forwards. */
  forwardLimitOn: localDate,
  /** A notice that arrives before this is too early; absent when none can be. */
  timelyFrom: instant.optional(),
  /** A notice is on time before this, and disputable from then on until `locksAt`. */
  timelyBefore: instant,
  /** From then on no notice can stop the renewal (R0). */
  locksAt: instant,
  reminders,
  annualFeeFen: fen,
});
export type Term = z.output<typeof term>;

/** The reminders and the lock of one term, by name. They start over, a round later, when a notice is withdrawn. */
const watch = z.object({ termNo, round: z.int().min(0) });
/** The reminders and the lock that an event makes pointless. */
const stops = watch.extend({ reminderDays: z.array(daysBefore) });

/** What can happen to a contract. Stored for ever: add optional fields; never rename, never remove. */
export const contractEvents = eventTable('contract', {
  ContractDrafted: z.object({
    customerId: id,
    /** The carrier's branch that is party B. */
    carrierBranch: reference,
    product,
    bandwidthMbps,
    sites,
    paymentManner,
    lineItems: z.array(z.object({ item: lineItem, amountFen: fen, waiverReason: reasonCode })),
    policyVersion: z.int().min(1),
    policy: contractPolicy,
  }),
  FeeSet: fee,
  ResponsibilityLetterRecorded: z.object({ letter: reference }),
  PartySigned: act.extend({ party }),
  PartySealed: act.extend({ party }),
  CounterpartsRecorded: z.object({ counterparts }),
  FormationByPerformanceRecorded: z.object({ performedOn: localDate, evidence: reference }),
  FormationByPerformanceConfirmed: z.object({ legalConfirmation: reference }),
  ContractBecameEffective: z.object({
    effectiveOn: localDate,
    by: labelled({
      execution: { en: 'signing and sealing', zh: '签字盖章' },
      performance: { en: 'performance (Civil Code art. 490)', zh: '履行主要义务' },
    }),
    term,
  }),
  ContractAmended: z.object({
    agreement: reference,
    cause: amendmentCause,
    acts: z.object({ A: act, B: act }),
    effectiveOn: localDate,
    changes: amendmentChanges,
  }),
  /** A term had begun at the old price before an amendment was entered that counts from its first day or earlier. */
  TermRepriced: z.object({ termNo, annualFeeFen: fen }),
  NoticeReminderIssued: watch.extend({ daysBefore, noticeLimitOn: localDate, to: z.array(party) }),
  NonRenewalNoticeReceived: z.object({
    noticeId: id,
    from: party,
    medium,
    sentAt: instant.optional(),
    arrivedAt: instant,
    evidence: reference,
    /** The term that it counts for: the one that it arrived in, or the next where a late notice carries over. */
    termNo,
    timeliness,
    effect: noticeEffect,
    stops: stops.optional(),
  }),
  NonRenewalNoticeCarriedOver: z.object({ noticeId: id, termNo, stops }),
  DisputableNoticeDecided: z.object({
    noticeId: id,
    accepted: z.boolean(),
    effect: noticeEffect,
    stops: stops.optional(),
  }),
  NoticeWithdrawn: z.object({
    noticeId: id,
    basis: withdrawalBasis,
    arrivedAt: instant,
    evidence: reference,
    /** Present when the contract had expired by the notice before the withdrawal was entered. */
    effect: z.literal('expiry-needs-rescission').optional(),
    /** Present when the renewal runs again as if there had been no notice (R5). */
    resumes: watch.extend({ locksAt: instant, reminders }).optional(),
  }),
  RenewalLockHeld: watch,
  RenewalLocked: watch,
  ContractRenewed: z.object({ term }),
  RenewalRescinded: z.object({ noticeId: id, termNo }),
  ContractExpired: z.object({
    /** The last term. */
    termNo,
    survives: z.array(survivingClause),
    stops,
  }),
  /** The term goes on as if the notice had never counted; what it would have had meanwhile follows at once. */
  ExpiryRescinded: z.object({ noticeId: id, termNo }),
  ContractTerminated: z.object({
    ground: terminationGround,
    agreement: reference,
    agreedOn: localDate,
    survives: z.array(survivingClause),
    stops,
  }),
});
