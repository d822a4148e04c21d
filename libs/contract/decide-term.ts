import { sameData } from '#kernel/same';
import { startOfDay } from '#kernel/time';
import { lockGeneration, reminderGeneration, termGeneration } from './deadlines.js';
import {
  executed,
  inForce,
  refuseFutureDate,
  refuseUnequalFee,
  under,
  type ContractEvent,
  type ContractRules,
} from './guards.js';
import { standing, stopsOf, surviving, undecided } from './notice.js';
import { asText, feesAfter, termPrice } from './price.js';
import { refuse } from './refusals.js';
import { renewed } from './renewal.js';
import { termsOf, type Effective } from './state.js';

export const termRules: Pick<
  ContractRules,
  'AmendContract' | 'TerminateContract' | 'RemindOfNoticeLimit' | 'LockRenewal' | 'EndTerm'
> = {
  AmendContract(contract, amendment, { at }) {
    const known = executed(contract).amendments.find(({ agreement }) => agreement === amendment.agreement);
    if (sameData(known, amendment)) return [];
    if (known) refuse('recorded-otherwise', `${known.agreement} is recorded already, with other content.`);
    const current = inForce(contract);
    const { acts, effectiveOn, changes } = amendment;
    if (Object.values(changes).every((change) => change === undefined))
      refuse('nothing-amended', 'The agreement must change the fee, the bandwidth or the sites.');
    for (const { on } of [acts.A, acts.B]) {
      refuseFutureDate('The agreement', on, at, current);
      if (effectiveOn < on)
        refuse('amendment-backdated', `It is agreed on ${on} and cannot count from ${effectiveOn} on.`);
    }
    if (changes.fee) refuseUnequalFee(changes.fee);
    const effectiveAt = startOfDay(effectiveOn, current.policy.timezone);
    return under(current, [
      { type: 'ContractAmended', data: amendment, effectiveAt },
      ...repriced(current, amendment),
    ]);
  },

  TerminateContract(contract, termination, { at }) {
    const known = executed(contract);
    if (known.status === 'terminated' && sameData(known.termination, termination)) return [];
    const current = inForce(contract);
    refuseFutureDate('The agreement', termination.agreedOn, at, current);
    const data = { ...termination, survives: surviving, stops: stopsOf(current) };
    return under(current, [{ type: 'ContractTerminated', data }]);
  },

  RemindOfNoticeLimit(contract, { generation }, { at }) {
    if (contract.status !== 'effective') return [];
    const { watch, term } = contract;
    const { termNo, round } = watch;
    const due = term.reminders.find(({ daysBefore }) => reminderGeneration(watch, daysBefore) === generation);
    if (!due || !watch.reminderDays.includes(due.daysBefore) || at < due.remindAt) return [];
    const { noticeLimitOn } = term;
    const data = {
      termNo,
      round,
      daysBefore: due.daysBefore,
      noticeLimitOn,
      to: ['A' as const, 'B' as const],
    };
    return under(contract, [{ type: 'NoticeReminderIssued', data }]);
  },

  LockRenewal(contract, { generation }, { at }) {
    if (contract.status !== 'effective') return [];
    const { watch, term } = contract;
    const { termNo, round } = watch;
    if (generation !== lockGeneration(watch) || watch.lock !== 'running' || at < term.locksAt) return [];
    const type = undecided(contract) ? 'RenewalLockHeld' : 'RenewalLocked';
    return under(contract, [{ type, data: { termNo, round } }]);
  },

  EndTerm(contract, { generation }, { at }) {
    if (contract.status !== 'effective') return [];
    const { term } = contract;
    if (generation !== termGeneration(term.termNo) || at < term.expiresAt) return [];
    if (!standing(contract)) return under(contract, renewed(contract));
    const data = { termNo: term.termNo, survives: surviving, stops: stopsOf(contract) };
    return under(contract, [{ type: 'ContractExpired', data }]);
  },
};

/** The terms that would have begun at another price, had the amendment been entered when it was agreed. */
function repriced(
  contract: Effective,
  amendment: Parameters<ContractRules['AmendContract']>[1],
): readonly ContractEvent[] {
  const { effectiveOn } = amendment;
  const agreedFees = asText(feesAfter(contract.fees, amendment));
  const begun = termsOf(contract).filter(({ startsOn }) => startsOn >= effectiveOn);
  return begun.flatMap(({ termNo, startsOn, annualFeeFen }): ContractEvent[] => {
    const { value, trace } = termPrice({ startsOn, agreedFees });
    if (value === annualFeeFen) return [];
    return [
      {
        type: 'TermRepriced',
        data: { termNo, annualFeeFen: value },
        effectiveAt: startOfDay(startsOn, contract.policy.timezone),
        trace: { annualFeeFen: trace },
      },
    ];
  });
}
