import type { z } from 'zod';
import type { Instant } from '#kernel/time';
import { derivation } from '#kernel/trace';
import type { WatchStops } from './deadlines.js';
import type { noticeEffect, survivingClause, Term, timeliness } from './events.js';
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

/** R2, R3: a notice by which the current term is the last. */
export const standing = ({ notices, term }: Effective | Ended): Notice | undefined =>
  notices.filter(inTerm(term)).find(stands);

/** A notice by which the contract expired and which was taken back in time: a person has still to rescind the expiry. */
export const takenBack = ({ notices, term }: Effective | Ended): Notice | undefined =>
  notices.filter(inTerm(term)).find(({ effect }) => effect === 'expiry-needs-rescission');

/** A disputable notice of the current term that a person has still to decide. */
export const undecided = ({ notices, term }: Effective | Ended): Notice | undefined =>
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
  if (termNo < term.termNo) return { effect: 'needs-rescission' };
  if (contract.status === 'terminated') return { effect: 'none' };
  if (termNo > term.termNo) return { effect: 'next-term' };
  if (standing(contract)) return { effect: 'adds-nothing' };
  // Nothing is watched for any more; but the expiry, should it be in question, rests on this notice now.
  if (contract.status === 'expired') return { effect: 'ends-term' };
  if (watch.lock === 'locked') return { effect: 'needs-rescission' };
  return { effect: 'ends-term', stops: stopsOf(contract) };
}
