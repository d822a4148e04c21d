import { instantOf, type Instant } from '#kernel/time';
import type { contractCommands } from '#contract/commands';
import { contract } from '#contract/contract';
import { contractPolicyDefaults, type ContractPolicy } from '#contract/policy';
import type { PolicyState } from '#policy/policy';
import { Play, type Asked } from './given.js';

export type AskedOfContract = Asked<typeof contractCommands>;

/** Half past nine in Shanghai on a day, or another time of it. */
export const on = (date: string, time = '09:30:00'): Instant => instantOf(`${date}T${time}+08:00`);

export const contractId = '5f0c7a52-6c0a-4d63-9d0b-0f2f7c1f1a01';
export const customerId = '0b9f3f7e-2a55-4b0e-8a44-64c9b1e3a202';
export const noticeId = 'c2a1e4d8-7b1f-4f2e-9a53-1f0e5d6c7b03';

/** A game with a contract whose policies differ in `changed` from those that were known when version 1 was made: the defaults. */
export function playContract(
  changed: Partial<ContractPolicy> = {},
  known: Partial<ContractPolicy> = contractPolicyDefaults,
) {
  const values = { ...known, ...changed };
  const activeFrom = instantOf('1900-01-01T00:00:00Z');
  const policies: PolicyState = [{ version: 1, values, proposedBy: 'staff:counsel', activeFrom }];
  const foreign = { 'policy-contract': policies };
  return new Play(contract, { id: contractId, actor: 'staff:clerk', foreign });
}

const ask = (type: AskedOfContract['type'], at: Instant, data: Record<string, unknown>): AskedOfContract => ({
  type,
  data,
  at,
});

export const draftIt = (at: Instant) =>
  ask('DraftContract', at, {
    customerId,
    carrierBranch: 'branch:tj-03',
    product: 'leased-ip-line',
    bandwidthMbps: 100,
    sites: ['site:incubator-1'],
    paymentManner: 'transfer-cheque',
    waiverReason: 'group-customer-agreement',
  });
export const setFee = (at: Instant, annualFeeFen = 12_000_000, annualFeeCapital = '壹拾贰万元整') =>
  ask('SetFee', at, { annualFeeFen, annualFeeCapital });
export const recordLetter = (at: Instant, letter = 'letter:2025-117') =>
  ask('RecordResponsibilityLetter', at, { letter });

export const act = (date: string, evidence = `scan:${date}`) => ({
  on: date,
  evidence,
  signatory: 'contact:4711',
});
export const sign = (at: Instant, party: 'A' | 'B', date: string) =>
  ask('SignContract', at, { party, ...act(date) });
export const seal = (at: Instant, party: 'A' | 'B', date: string) =>
  ask('SealContract', at, { party, ...act(date) });

export const recordCounterparts = (at: Instant, holders = ['A', 'A', 'B', 'B']) =>
  ask('RecordCounterparts', at, {
    counterparts: holders.map((holder, index) => ({ copy: `copy:${index + 1}`, holder })),
  });
export const recordPerformance = (at: Instant, performedOn: string) =>
  ask('RecordFormationByPerformance', at, { performedOn, evidence: 'protocol:line-opened' });
export const confirmPerformance = (at: Instant, actor = 'staff:counsel') => ({
  ...ask('ConfirmFormationByPerformance', at, { legalConfirmation: 'opinion:2025-9' }),
  actor,
});

export const amend = (at: Instant, date: string, effectiveOn: string, changes: Record<string, unknown>) =>
  ask('AmendContract', at, {
    agreement: `supplement:${date}`,
    cause: 'change',
    acts: { A: act(date), B: act(date) },
    effectiveOn,
    changes,
  });
export const notice = (at: Instant, arrivedAt: Instant = at, from: 'A' | 'B' = 'A', id = noticeId) => ({
  ...ask('ReceiveNonRenewalNotice', at, {
    from,
    medium: 'letter',
    arrivedAt,
    evidence: `letter-in:${from}-${id.slice(0, 8)}`,
  }),
  newId: id,
});
export const decideNotice = (at: Instant, accepted: boolean, id = noticeId) => ({
  ...ask('DecideDisputableNotice', at, { noticeId: id, accepted }),
  actor: 'staff:supervisor',
});
export const withdraw = (at: Instant, arrivedAt: Instant = at, id = noticeId) =>
  ask('WithdrawNotice', at, { noticeId: id, arrivedAt, evidence: 'letter-in:withdrawal' });
export const consent = (at: Instant, from: 'A' | 'B' = 'B', arrivedAt: Instant = at, id = noticeId) =>
  ask('ConsentToWithdrawal', at, { noticeId: id, from, arrivedAt, evidence: 'letter-in:consent' });
export const rescind = (at: Instant, actor = 'staff:supervisor', id = noticeId) => ({
  ...ask('RescindRenewal', at, { noticeId: id }),
  actor,
});
export const rescindExpiry = (at: Instant, actor = 'staff:supervisor', id = noticeId) => ({
  ...ask('RescindExpiry', at, { noticeId: id }),
  actor,
});
export const terminate = (at: Instant, agreedOn: string) =>
  ask('TerminateContract', at, { ground: 'MUTUAL', agreement: 'agreement:end-1', agreedOn });
export const wake = (
  type: 'RemindOfNoticeLimit' | 'LockRenewal' | 'EndTerm',
  generation: string,
  dueAt: Instant,
) => ask(type, dueAt, { generation, dueAt });

/** Everything up to the contract's effect on `date`: drafted, priced, the letter there, the four acts of that day. */
export function executedOn(date: string): AskedOfContract[] {
  const at = on(date);
  return [
    draftIt(at),
    setFee(at),
    recordLetter(at),
    ...(['A', 'B'] as const).flatMap((party) => [sign(at, party, date), seal(at, party, date)]),
  ];
}
