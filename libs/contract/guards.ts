import type { Decided, Rules } from '#kernel/decider';
import { toDate, type Instant, type LocalDate } from '#kernel/time';
import type { contractCommands } from './commands.js';
import type { contractEvents } from './events.js';
import { sameAmount } from './fee.js';
import { refuse } from './refusals.js';
import type { Contract, Draft, Effective, Ended, Notice } from './state.js';

export type ContractRules = Rules<Contract, typeof contractCommands, typeof contractEvents.shapes>;
export type ContractEvent = Decided<typeof contractEvents.shapes>;

/** What follows, each with the version of the policies that this contract pinned when it was drafted. */
export const under = (
  { policyVersion }: { readonly policyVersion: number },
  events: readonly ContractEvent[],
): readonly ContractEvent[] => events.map((event) => ({ ...event, policies: { contract: policyVersion } }));

export function drafted(contract: Contract): Draft | Effective | Ended {
  return contract.status === 'none' ? refuse('not-drafted', 'There is no contract with this id.') : contract;
}

/** A contract that has not ended. */
export function alive(contract: Contract): Draft | Effective {
  const known = drafted(contract);
  if ('endedAt' in known)
    refuse('contract-ended', `The contract ended at ${known.endedAt} (${known.status}).`);
  return known;
}

/** A contract that took effect, in force or ended. */
export function executed(contract: Contract): Effective | Ended {
  const known = drafted(contract);
  if (known.status === 'draft') refuse('not-effective', 'The contract is a draft: it has not taken effect.');
  return known;
}

/** A contract in force. */
export function inForce(contract: Contract): Effective {
  executed(contract);
  const living = alive(contract);
  return living.status === 'effective'
    ? living
    : refuse('not-effective', 'The contract has not taken effect.');
}

export function noticeOf(contract: Effective | Ended, noticeId: string): Notice {
  const notice = contract.notices.find((each) => each.noticeId === noticeId);
  return notice ?? refuse('no-such-notice', 'This contract has no notice with this id.');
}

export function refuseWithdrawn({ withdrawal }: Notice): void {
  if (withdrawal) refuse('notice-withdrawn', `The notice was withdrawn at ${withdrawal.arrivedAt}.`);
}

export function refuseFutureDate(
  what: string,
  date: LocalDate,
  at: Instant,
  { policy }: Draft | Effective,
): void {
  const today = toDate(at, policy.timezone);
  if (date > today) refuse('in-the-future', `${what} is dated ${date}; today is ${today}.`);
}

export function refuseFutureInstant(what: string, instant: Instant, at: Instant): void {
  if (instant > at) refuse('in-the-future', `${what} is said to be of ${instant}; it is ${at} now.`);
}

export function refuseUnequalFee(fee: { annualFeeFen: number; annualFeeCapital: string }): void {
  if (!sameAmount(fee.annualFeeFen, fee.annualFeeCapital))
    refuse('notations-differ', `${fee.annualFeeCapital} does not denote ${fee.annualFeeFen} fen (AGR-3.2).`);
}
