import {
  addDays,
  addMonths,
  addYears,
  endOfDay,
  startOfDay,
  type Instant,
  type LocalDate,
  type Zone,
} from '#kernel/time';
import { derivation, type Trace } from '#kernel/trace';
import type { Term } from './events.js';
import type { ContractPolicy } from './policy.js';

/** The first day of a term: the effective date, then the day after the term before. Terms leave no gap and never overlap. */
export const termStart = derivation(
  'contract.term-start',
  1,
  (i: { effectiveOn: LocalDate; previousEndsOn: LocalDate | null }): LocalDate =>
    i.previousEndsOn === null ? i.effectiveOn : addDays(i.previousEndsOn, 1),
);

/** The last day of term n (Civil Code arts 201, 202). Counted from the effective date, unless the policy chains the terms. */
export const termEnd = derivation(
  'contract.term-end',
  1,
  (i: {
    effectiveOn: LocalDate;
    termNo: number;
    /** The end of the term before; null for the first. Only chained terms look at it. */
    previousEndsOn: LocalDate | null;
    termYears: number;
    termEndConvention: ContractPolicy['termEndConvention'];
    anchor: ContractPolicy['anchor'];
  }): LocalDate => {
    const dayBefore = i.termEndConvention === 'DAY_BEFORE' ? 1 : 0;
    if (i.anchor === 'ORIGINAL_DATE' || i.previousEndsOn === null)
      return addDays(addYears(i.effectiveOn, i.termNo * i.termYears), -dayBefore);
    return addDays(addYears(addDays(i.previousEndsOn, dayBefore), i.termYears), -dayBefore);
  },
);

/** 24:00 of the last day (art. 203). */
export const expiry = derivation('contract.expiry', 1, (i: { endsOn: LocalDate; zone: Zone }) =>
  endOfDay(i.endsOn, i.zone),
);

/** The day that lies the notice period before the last day, counted backwards. */
export const noticeLimit = derivation(
  'contract.notice-limit',
  1,
  (i: { endsOn: LocalDate; noticeMonths: number }) => addMonths(i.endsOn, -i.noticeMonths),
);

/** The latest day from which the notice period, counted forwards, still ends by the last day. */
export const forwardLimit = derivation(
  'contract.forward-limit',
  1,
  (i: { endsOn: LocalDate; noticeMonths: number }): LocalDate => {
    let day = addMonths(i.endsOn, -i.noticeMonths);
    // At most three steps: months differ by three days.
    while (addMonths(addDays(day, 1), i.noticeMonths) <= i.endsOn) day = addDays(day, 1);
    return day;
  },
);

type NoticeWindow = {
  noticeLimitOn: LocalDate;
  forwardLimitOn: LocalDate;
  endsOn: LocalDate;
  zone: Zone;
  noticeReading: ContractPolicy['noticeReading'];
  noticeLimitInclusive: boolean;
  noticeGreyZone: ContractPolicy['noticeGreyZone'];
};

/** Where a notice begins to be on time, or null when it cannot come too early. */
export const timelyFrom = derivation('contract.timely-from', 1, (i: NoticeWindow): Instant | null =>
  i.noticeReading === 'WITHIN_LAST_MONTH' ? startOfDay(i.noticeLimitOn, i.zone) : null,
);

/** Where a notice ceases to be on time, exclusive. */
export const timelyBefore = derivation('contract.timely-before', 1, (i: NoticeWindow): Instant => {
  if (i.noticeReading === 'WITHIN_LAST_MONTH') return endOfDay(i.endsOn, i.zone);
  if (i.noticeGreyZone === 'ACCEPT' && hasGreyZone(i)) return endOfDay(i.forwardLimitOn, i.zone);
  return limitOf(i);
});

/** R0: where the renewal is locked, because no notice can stop it any more. Between `timelyBefore` and this lies the grey zone. */
export const lock = derivation('contract.lock', 1, (i: NoticeWindow): Instant => {
  if (i.noticeReading === 'WITHIN_LAST_MONTH') return endOfDay(i.endsOn, i.zone);
  if (i.noticeGreyZone !== 'REJECT' && hasGreyZone(i)) return endOfDay(i.forwardLimitOn, i.zone);
  return limitOf(i);
});

const hasGreyZone = (i: NoticeWindow): boolean => i.forwardLimitOn > i.noticeLimitOn;

const limitOf = (i: NoticeWindow): Instant =>
  i.noticeLimitInclusive ? endOfDay(i.noticeLimitOn, i.zone) : startOfDay(i.noticeLimitOn, i.zone);

/** R8: the start of the day that lies `daysBefore` the notice limit. */
export const reminder = derivation(
  'contract.reminder',
  1,
  (i: { noticeLimitOn: LocalDate; daysBefore: number; zone: Zone }) =>
    startOfDay(addDays(i.noticeLimitOn, -i.daysBefore), i.zone),
);

/** What the next term is computed from. */
export interface TermBasis {
  readonly effectiveOn: LocalDate;
  /** The term before; undefined for the first. */
  readonly previous: Pick<Term, 'termNo' | 'endsOn'> | undefined;
  readonly policy: ContractPolicy;
}

export interface TracedTerm {
  readonly dates: Omit<Term, 'annualFeeFen'>;
  /** How each date came about, by its path in the event's data. */
  readonly trace: Readonly<Record<string, Trace>>;
}

/** The dates of the term that follows `previous`, or of the first one. */
export function nextTerm({ effectiveOn, previous, policy }: TermBasis): TracedTerm {
  const { timezone: zone, noticeMonths } = policy;
  const termNo = (previous?.termNo ?? 0) + 1;
  const previousEndsOn = previous?.endsOn ?? null;
  const starts = termStart({ effectiveOn, previousEndsOn });
  const { termYears, termEndConvention, anchor } = policy;
  const ends = termEnd({ effectiveOn, termNo, previousEndsOn, termYears, termEndConvention, anchor });
  const endsOn = ends.value;
  const expires = expiry({ endsOn, zone });
  const limit = noticeLimit({ endsOn, noticeMonths });
  const forward = forwardLimit({ endsOn, noticeMonths });
  const window = noticeWindow(policy, { endsOn, noticeLimitOn: limit.value, forwardLimitOn: forward.value });
  const reminders = remindersOf(policy, starts.value, limit.value);
  return {
    dates: {
      termNo,
      startsOn: starts.value,
      endsOn,
      expiresAt: expires.value,
      noticeLimitOn: limit.value,
      forwardLimitOn: forward.value,
      ...window.dates,
      reminders: reminders.map(({ daysBefore, value }) => ({ daysBefore, remindAt: value })),
    },
    trace: {
      'term.startsOn': starts.trace,
      'term.endsOn': ends.trace,
      'term.expiresAt': expires.trace,
      'term.noticeLimitOn': limit.trace,
      'term.forwardLimitOn': forward.trace,
      ...window.trace,
      ...Object.fromEntries(reminders.map((each) => [`term.reminders.${each.daysBefore}`, each.trace])),
    },
  };
}

function noticeWindow(
  policy: ContractPolicy,
  days: Pick<NoticeWindow, 'endsOn' | 'noticeLimitOn' | 'forwardLimitOn'>,
) {
  const { timezone: zone, noticeReading, noticeLimitInclusive, noticeGreyZone } = policy;
  const window = { ...days, zone, noticeReading, noticeLimitInclusive, noticeGreyZone };
  const from = timelyFrom(window);
  const before = timelyBefore(window);
  const locks = lock(window);
  return {
    dates: {
      ...(from.value && { timelyFrom: from.value }),
      timelyBefore: before.value,
      locksAt: locks.value,
    },
    trace: {
      ...(from.value && { 'term.timelyFrom': from.trace }),
      'term.timelyBefore': before.trace,
      'term.locksAt': locks.trace,
    },
  };
}

/** A reminder that would lie before its term could only come late, at once with others: it is left out. */
function remindersOf(
  { reminderDays, timezone: zone }: ContractPolicy,
  startsOn: LocalDate,
  noticeLimitOn: LocalDate,
) {
  return reminderDays
    .map((daysBefore) => ({ daysBefore, ...reminder({ noticeLimitOn, daysBefore, zone }) }))
    .filter(({ value }) => value >= startOfDay(startsOn, zone));
}
