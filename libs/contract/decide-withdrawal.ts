import type { Instant } from '#kernel/time';
import {
  executed,
  noticeOf,
  refuseFutureInstant,
  refuseWithdrawn,
  under,
  type ContractEvent,
  type ContractRules,
} from './guards.js';
import { standing, takenBack, undecided } from './notice.js';
import { refuse } from './refusals.js';
import { locksAfter, renewalWithout, renewed } from './renewal.js';
import { termsOf, type Effective, type Ended, type Notice } from './state.js';

export const withdrawalRules: Pick<
  ContractRules,
  'WithdrawNotice' | 'ConsentToWithdrawal' | 'RescindExpiry'
> = {
  WithdrawNotice(contract, { noticeId, arrivedAt, evidence }, { at }) {
    const known = executed(contract);
    const notice = noticeOf(known, noticeId);
    if (isRepeated(notice, arrivedAt, evidence)) return [];
    refuseUnfit('The withdrawal', known, notice, arrivedAt, at);
    if (arrivedAt > notice.arrivedAt)
      refuse(
        'consent-needed',
        'The notice had arrived before: the other party must consent to taking it back (R5).',
      );
    return withdrawn(known, notice, { basis: 'arrived-first', arrivedAt, evidence }, at);
  },

  ConsentToWithdrawal(contract, { noticeId, from, arrivedAt, evidence }, { at }) {
    const known = executed(contract);
    const notice = noticeOf(known, noticeId);
    if (isRepeated(notice, arrivedAt, evidence)) return [];
    refuseUnfit('The consent', known, notice, arrivedAt, at);
    if (from === notice.from)
      refuse('consent-of-sender', 'The party that gave the notice cannot consent to its withdrawal.');
    const over = termsOf(known).find(({ termNo }) => termNo === notice.termNo)?.expiresAt;
    if (over !== undefined && arrivedAt >= over)
      refuse('too-late-to-withdraw', `The term that the notice ends was over at ${over} (R5).`);
    return withdrawn(known, notice, { basis: 'consent', arrivedAt, evidence }, at);
  },

  RescindExpiry(contract, { noticeId }, { actor }) {
    const known = executed(contract);
    const notice = noticeOf(known, noticeId);
    const { withdrawal, termNo } = notice;
    if (notice.expiryRescinded) return [];
    if (known.status !== 'expired' || !withdrawal || takenBack(known) !== notice || standing(known))
      return refuse('nothing-to-rescind', 'No expiry stands against the withdrawal of this notice.');
    if (withdrawal.enteredBy === actor)
      refuse('four-eyes', 'An expiry is rescinded by another person than entered the withdrawal.');
    // Each term has its deadlines once, for ever: one that was rescinded cannot begin a second time.
    if (known.termsBegun > known.term.termNo)
      refuse('later-terms-rescinded', 'Its later terms were rescinded: it takes a new contract to go on.');
    // As in time: another notice that nobody had decided would have held the lock until the end of the term.
    const lockedAt = undecided(known) ? known.term.expiresAt : locksAfter(known, withdrawal.arrivedAt);
    return under(known, [
      { type: 'ExpiryRescinded', data: { noticeId, termNo } },
      ...renewed(known, lockedAt),
    ]);
  },
};

const isRepeated = ({ withdrawal }: Notice, arrivedAt: Instant, evidence: string): boolean =>
  withdrawal?.arrivedAt === arrivedAt && withdrawal.evidence === evidence;

/** What arrived before the end is taken down, however late it is entered. */
function refuseUnfit(
  what: string,
  contract: Effective | Ended,
  notice: Notice,
  arrivedAt: Instant,
  at: Instant,
): void {
  if (contract.status !== 'effective' && arrivedAt >= contract.endedAt)
    refuse('contract-ended', `The contract ended at ${contract.endedAt} (${contract.status}).`);
  refuseWithdrawn(notice);
  refuseFutureInstant(what, arrivedAt, at);
}

function withdrawn(
  contract: Effective | Ended,
  notice: Notice,
  how: { basis: 'arrived-first' | 'consent'; arrivedAt: Instant; evidence: string },
  at: Instant,
): readonly ContractEvent[] {
  const data = { noticeId: notice.noticeId, ...how };
  const effectiveAt = how.arrivedAt;
  if (contract.status === 'effective') {
    const { resumes, locks } = renewalWithout(contract, notice, how.arrivedAt, at);
    return under(contract, [
      { type: 'NoticeWithdrawn', data: { ...data, ...(resumes && { resumes }) }, effectiveAt },
      ...locks,
    ]);
  }
  const effect = endedBy(contract, notice) ? { effect: 'expiry-needs-rescission' as const } : {};
  return under(contract, [{ type: 'NoticeWithdrawn', data: { ...data, ...effect }, effectiveAt }]);
}

/** Whether the contract expired by this notice, and by no other. */
function endedBy(contract: Ended, notice: Notice): boolean {
  const rest = { ...contract, notices: contract.notices.filter((each) => each !== notice) };
  return (
    contract.status === 'expired' && standing(contract) !== undefined && !standing(rest) && !takenBack(rest)
  );
}
