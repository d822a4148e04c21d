import type { Instant } from '#kernel/time';
import type { ContractEvent } from './guards.js';
import { standing, undecided } from './notice.js';
import { asText, termPrice } from './price.js';
import type { Effective, Ended, Notice } from './state.js';
import { nextTerm } from './terms.js';

/**
 * R1: the next term, dated at the end of the current one. A notice that nobody decided by then does not stand as timely: the renewal
 * proceeds. Where the renewal was not locked before, it is as of `lockedAt`.
 */
export function renewed(
  contract: Effective | Ended,
  lockedAt: Instant = contract.term.expiresAt,
): readonly ContractEvent[] {
  const { watch, effectiveOn, policy, fees, notices } = contract;
  const effectiveAt = contract.term.expiresAt;
  const { dates, trace } = nextTerm({ effectiveOn, previous: contract.term, policy });
  const price = termPrice({ startsOn: dates.startsOn, agreedFees: asText(fees) });
  const term = { ...dates, annualFeeFen: price.value };
  const { termNo } = term;
  const reminderDays = term.reminders.map(({ daysBefore }) => daysBefore);
  const carried = notices.filter((notice) => notice.effect === 'next-term' && notice.termNo === termNo);
  const locked: ContractEvent = {
    type: 'RenewalLocked',
    data: { termNo: watch.termNo, round: watch.round },
    effectiveAt: lockedAt,
  };
  return [
    ...(watch.lock === 'locked' ? [] : [locked]),
    {
      type: 'ContractRenewed',
      data: { term },
      effectiveAt,
      trace: { ...trace, 'term.annualFeeFen': price.trace },
    },
    ...carried.map(({ noticeId }) => ({
      type: 'NonRenewalNoticeCarriedOver' as const,
      data: { noticeId, termNo, stops: { termNo, round: 0, reminderDays } },
      effectiveAt,
    })),
  ];
}

/** When the renewal locks that a notice stopped until `since`: at its own instant, or then if that is past. */
export const locksAfter = ({ term }: Effective | Ended, since: Instant): Instant =>
  since > term.locksAt ? since : term.locksAt;

type Resumption = Extract<ContractEvent, { type: 'NoticeWithdrawn' }>['data']['resumes'];

/** How the renewal goes on once `notice` counts no more: the lock runs again, is set, or waits for another decision. */
export function renewalWithout(
  contract: Effective,
  notice: Notice,
  since: Instant,
  at: Instant,
): { readonly resumes?: NonNullable<Resumption>; readonly locks: readonly ContractEvent[] } {
  const { term, watch } = contract;
  const rest = { ...contract, notices: contract.notices.filter((each) => each !== notice) };
  const untouched = watch.lock === 'running' || watch.lock === 'locked';
  if (untouched || standing(rest) || (watch.lock === 'held' && undecided(rest))) return { locks: [] };
  const { termNo, round } = watch;
  if (at < term.locksAt) {
    const reminders = term.reminders.filter(({ remindAt }) => remindAt > at);
    return { resumes: { termNo, round: round + 1, locksAt: term.locksAt, reminders }, locks: [] };
  }
  const type = undecided(rest) ? 'RenewalLockHeld' : 'RenewalLocked';
  return { locks: [{ type, data: { termNo, round }, effectiveAt: locksAfter(contract, since) }] };
}
