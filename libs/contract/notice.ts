import type { z } from 'zod';
import type { Instant } from '#kernel/time';
import { derivation } from '#kernel/trace';
import type { WatchStops } from './deadlines.js';
import type { noticeEffect, survivingClause, Term, timeliness } from './events.js';
import type { ContractEvent } from './guards.js';
import type { Effective, Ended, Notice } from './state.js';

/** Told by its own arrival, however late it is entered (Civil Code art. 137). */
export const noticeTimeliness = derivation(
  'contract.notice-timeliness',
  1,
  (i: {
    arrivedAt: Instant;
    timelyFrom: Instant | null;
    timelyBefore: Instant;
    locksAt: Instant;
  }): z.output<typeof timeliness> => {
    if (i.timelyFrom !== null && i.arrivedAt < i.timelyFrom) return 'early';
    if (i.arrivedAt < i.timelyBefore) return 'timely';
    return i.arrivedAt < i.locksAt ? 'disputable' : 'late';
  },
);

/** Civil Code art. 567 and AGR-9: what binds the parties after the end. Nothing that can be asked of a contract ends it. */
export const surviving: z.output<typeof survivingClause>[] = ['settlement', 'confidentiality'];

const stands = ({ effect }: Notice) => effect === 'ends-term' || effect === 'adds-nothing';
const inTerm =
  ({ termNo }: Term) =>
  (notice: Notice) =>
    notice.termNo === termNo;

/** R2, R3: a notice by which the running term is the last. */
export const standing = ({ notices, term }: Effective): Notice | undefined =>
  notices.filter(inTerm(term)).find(stands);

/** A disputable notice of the running term that a person has still to decide. */
export const undecided = ({ notices, term }: Effective): Notice | undefined =>
  notices.filter(inTerm(term)).find(({ effect }) => effect === 'to-be-decided');

export const stopsOf = ({
  watch: { termNo, round, reminderDays },
}: Effective | Ended): WatchStops & {
  reminderDays: number[];
} => ({ termNo, round, reminderDays: [...reminderDays] });

interface Consequence {
  readonly effect: z.output<typeof noticeEffect>;
  readonly stops?: ReturnType<typeof stopsOf>;
}

/** What a notice does that counts as timely for term `termNo`. */
export function consequenceOf(contract: Effective | Ended, termNo: number): Consequence {
  const { term, watch } = contract;
  if (termNo > term.termNo) return { effect: contract.status === 'effective' ? 'next-term' : 'none' };
  if (termNo < term.termNo) return { effect: 'needs-rescission' };
  if (contract.status !== 'effective') return { effect: 'none' };
  if (standing(contract)) return { effect: 'adds-nothing' };
  if (watch.lock === 'locked') return { effect: 'needs-rescission' };
  return { effect: 'ends-term', stops: stopsOf(contract) };
}

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
  const effectiveAt = since > term.locksAt ? since : term.locksAt;
  const type = undecided(rest) ? 'RenewalLockHeld' : 'RenewalLocked';
  return { locks: [{ type, data: { termNo, round }, effectiveAt }] };
}
