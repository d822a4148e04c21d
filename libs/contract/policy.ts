import { z } from 'zod';
import { labelled } from '#kernel/label';
import { zone } from '#kernel/time';
import type { PolicyKey } from '#policy/group';

export const executionMode = labelled({
  SIGN_AND_SEAL: { en: 'both parties sign and seal', zh: '双方签字并盖章' },
  SIGN_OR_SEAL: { en: 'each party signs or seals', zh: '双方签字或者盖章' },
});
export const termEndConvention = labelled({
  CORRESPONDING_DAY: { en: 'ends on the corresponding day', zh: '至对应日届满' },
  DAY_BEFORE: { en: 'ends on the day before the corresponding day', zh: '至对应日前一日届满' },
});
export const anchor = labelled({
  ORIGINAL_DATE: { en: 'every term is counted from the effective date', zh: '各期均自生效日起算' },
  CHAINED: { en: 'every term is counted from the end of the one before', zh: '各期自上期届满日起算' },
});
export const noticeReading = labelled({
  AT_LEAST_ONE_MONTH: { en: 'no later than the notice limit', zh: '最迟于通知截止日' },
  WITHIN_LAST_MONTH: { en: 'from the notice limit to the end of the term', zh: '通知截止日至期满日之间' },
});
export const noticeGreyZone = labelled({
  MANUAL_REVIEW: { en: 'a person decides', zh: '人工审查' },
  ACCEPT: { en: 'counts as timely', zh: '视为按时' },
  REJECT: { en: 'counts as late', zh: '视为逾期' },
});

const REMINDERS_MAX = 12;
const REMINDER_DAYS_MAX = 3_660;

/**
 * The rules of a contract that the domain leaves open. A contract pins the values that were active when it was drafted;
 * a later version never touches it.
 *
 * NOTE: the values are part of `ContractDrafted`, so a new key is optional or comes with an upcaster.
 */
export const contractPolicy = z
  .strictObject({
    timezone: zone,
    termYears: z.int().min(1).max(30),
    noticeMonths: z.int().min(1),
    executionMode,
    termEndConvention,
    anchor,
    termRollsOverRestDays: z.literal(false),
    noticeReading,
    noticeLimitInclusive: z.boolean(),
    noticeRollsOverRestDays: z.literal(false),
    noticeGreyZone,
    reminderDays: z.array(z.int().min(1).max(REMINDER_DAYS_MAX)).max(REMINDERS_MAX),
    lateNoticeCarriesOver: z.boolean(),
    renewWhileSuspended: z.literal(true),
  })
  .refine(({ noticeMonths, termYears }) => noticeMonths < 12 * termYears, {
    path: ['noticeMonths'],
    error: 'the notice period must be shorter than the term',
  })
  .refine(({ reminderDays }) => new Set(reminderDays).size === reminderDays.length, {
    path: ['reminderDays'],
    error: 'each reminder falls on a day of its own',
  });
export type ContractPolicy = z.output<typeof contractPolicy>;

export const contractPolicyDefaults: ContractPolicy = {
  timezone: 'Asia/Shanghai',
  termYears: 1,
  noticeMonths: 1,
  executionMode: 'SIGN_AND_SEAL',
  termEndConvention: 'CORRESPONDING_DAY',
  anchor: 'ORIGINAL_DATE',
  termRollsOverRestDays: false,
  noticeReading: 'AT_LEAST_ONE_MONTH',
  noticeLimitInclusive: true,
  noticeRollsOverRestDays: false,
  noticeGreyZone: 'MANUAL_REVIEW',
  reminderDays: [60, 45, 31],
  lateNoticeCarriesOver: false,
  renewWhileSuspended: true,
};

/** Where a policy's default comes from: `S` stated by the agreement, `L` by law, `D` chosen by us, `-` a convention. */
export const contractPolicyKeys: { readonly [K in keyof ContractPolicy]: PolicyKey } = {
  timezone: { source: '-', description: 'The zone in which the dates of a contract begin and end.' },
  termYears: { source: 'S', description: 'The length of a term in years (AGR-10.1).' },
  noticeMonths: {
    source: 'S',
    description: 'How many months before the end of a term a notice of non-renewal must arrive (AGR-10.1).',
  },
  executionMode: {
    source: 'D',
    openQuestion: 5,
    description: 'Whether each party must sign and seal, or either will do.',
  },
  termEndConvention: {
    source: 'D',
    openQuestion: 4,
    description:
      'Whether a term ends on the corresponding day (Civil Code art. 202) or on the day before (habit).',
  },
  anchor: {
    source: 'D',
    openQuestion: 4,
    description:
      'Whether terms are counted from the effective date or from the end of the term before; it matters for 29 February.',
  },
  termRollsOverRestDays: {
    source: 'D',
    description:
      'Whether a term that ends on a rest day ends on the next working day (art. 203). Only false is accepted until there is a working-day calendar.',
  },
  noticeReading: {
    source: 'D',
    openQuestion: 4,
    description: 'Whether a notice must arrive at least one month before the end, or within the last month.',
  },
  noticeLimitInclusive: {
    source: 'D',
    description:
      'Whether a notice that arrives on the notice limit itself is on time. Not used with WITHIN_LAST_MONTH.',
  },
  noticeRollsOverRestDays: {
    source: 'D',
    description:
      'Whether a notice limit on a rest day moves to the next working day. Only false is accepted until there is a working-day calendar.',
  },
  noticeGreyZone: {
    source: 'D',
    openQuestion: 4,
    description:
      'What becomes of a notice that is late counting back from the end of the term and on time counting forward from its arrival.',
  },
  reminderDays: {
    source: 'D',
    description: 'How many days before the notice limit both parties are reminded.',
  },
  lateNoticeCarriesOver: {
    source: 'D',
    description: 'Whether a late notice counts for the term that follows (R4).',
  },
  renewWhileSuspended: {
    source: 'D',
    description:
      'Whether a contract renews while its line is suspended for arrears (R6). Only true is accepted in this release.',
  },
};
