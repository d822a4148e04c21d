import { startOfDay, type Instant } from '#kernel/time';
import type { Term } from './events.js';
import {
  executed,
  noticeOf,
  refuseFutureInstant,
  refuseWithdrawn,
  under,
  type ContractEvent,
  type ContractRules,
} from './guards.js';
import { consequenceOf, noticeTimeliness, stopsOf, surviving } from './notice.js';
import { refuse } from './refusals.js';
import { renewalWithout } from './renewal.js';
import { termsOf, type Effective, type Ended } from './state.js';

export const noticeRules: Pick<
  ContractRules,
  'ReceiveNonRenewalNotice' | 'DecideDisputableNotice' | 'RescindRenewal'
> = {
  ReceiveNonRenewalNotice(contract, asked, { at, newId }) {
    const known = executed(contract);
    const { from, arrivedAt, evidence } = asked;
    const repeated = known.notices.some(
      (each) => each.from === from && each.arrivedAt === arrivedAt && each.evidence === evidence,
    );
    if (repeated) return [];
    refuseUnfit(asked, at);
    const term = termAt(known, arrivedAt);
    const { timelyFrom = null, timelyBefore, locksAt } = term;
    const { value: timeliness, trace } = noticeTimeliness({ arrivedAt, timelyFrom, timelyBefore, locksAt });
    const carriesOver = timeliness === 'late' && known.policy.lateNoticeCarriesOver;
    const termNo = carriesOver ? term.termNo + 1 : term.termNo;
    const without = { effect: timeliness === 'disputable' ? ('to-be-decided' as const) : ('none' as const) };
    const counts = timeliness === 'timely' || carriesOver;
    const consequence = counts ? consequenceOf(known, termNo) : without;
    const data = { noticeId: newId, ...asked, termNo, timeliness, ...consequence };
    return under(known, [
      { type: 'NonRenewalNoticeReceived', data, effectiveAt: arrivedAt, trace: { timeliness: trace } },
    ]);
  },

  DecideDisputableNotice(contract, { noticeId, accepted }, { at }) {
    const known = executed(contract);
    const notice = noticeOf(known, noticeId);
    if (notice.accepted === accepted) return [];
    if (notice.accepted !== undefined) refuse('decided-otherwise', 'The notice was decided the other way.');
    refuseWithdrawn(notice);
    if (!notice.disputable) refuse('not-disputable', 'Its arrival leaves nothing to decide.');
    const consequence = accepted ? consequenceOf(known, notice.termNo) : { effect: 'none' as const };
    const released = !accepted && known.status === 'effective';
    const locks = released ? renewalWithout(known, notice, at, at).locks : [];
    const data = { noticeId, accepted, ...consequence };
    return under(known, [{ type: 'DisputableNoticeDecided', data }, ...locks]);
  },

  RescindRenewal(contract, { noticeId }, { actor }) {
    const known = executed(contract);
    const notice = noticeOf(known, noticeId);
    const { termNo } = notice;
    if (notice.rescinded) return [];
    refuseWithdrawn(notice);
    const isLast = termNo >= known.term.termNo;
    if (notice.effect !== 'needs-rescission' || (isLast && known.status !== 'effective'))
      refuse('nothing-to-rescind', 'No renewal stands against this notice.');
    if (notice.enteredBy === actor)
      refuse('four-eyes', 'A renewal is rescinded by another person than entered the notice.');
    const rescinded: ContractEvent = { type: 'RenewalRescinded', data: { noticeId, termNo } };
    return under(known, isLast ? [rescinded] : [rescinded, expiredBefore(known, termNo)]);
  },
};

/** The contract ended with an earlier term than it seemed to, at that term's own instant. */
function expiredBefore(contract: Effective | Ended, termNo: number): ContractEvent {
  const last = termsOf(contract).find((term) => term.termNo === termNo) ?? contract.term;
  return {
    type: 'ContractExpired',
    data: { termNo, survives: surviving, stops: stopsOf(contract) },
    effectiveAt: last.expiresAt,
  };
}

type Asked = Parameters<ContractRules['ReceiveNonRenewalNotice']>[1];

function refuseUnfit({ medium, sentAt, arrivedAt }: Asked, at: Instant): void {
  if (medium === 'telephone' || medium === 'spoken-word')
    refuse(
      'not-in-writing',
      'A notice must be in writing: letter, fax, e-mail or another retrievable message (AGR-10.1).',
    );
  refuseFutureInstant('The arrival', arrivedAt, at);
  if (sentAt !== undefined && sentAt > arrivedAt)
    refuse('sent-after-arrival', `It arrived at ${arrivedAt} and cannot have been sent at ${sentAt}.`);
}

/** The term in which an instant lies; the contract must have been in force. */
function termAt(contract: Effective | Ended, instant: Instant): Term {
  if (instant < startOfDay(contract.effectiveOn, contract.policy.timezone))
    refuse('before-effect', `The contract took effect on ${contract.effectiveOn} only.`);
  if (contract.status !== 'effective' && instant >= contract.endedAt)
    refuse('contract-ended', `The contract ended at ${contract.endedAt}.`);
  return termsOf(contract).find(({ expiresAt }) => instant < expiresAt) ?? contract.term;
}
