import { sameData } from '#kernel/same';
import { activePolicy, policies } from '#policy/policy';
import { lineItem } from './events.js';
import { alive, drafted, refuseUnequalFee, under, type ContractRules } from './guards.js';
import { contractPolicy, contractPolicyDefaults } from './policy.js';
import { refuse } from './refusals.js';
import type { Draft, Effective } from './state.js';

/** The policies' stream is named after the group of policies that it holds. */
export const policyGroup = 'contract';

export const draftRules: Pick<
  ContractRules,
  'DraftContract' | 'SetFee' | 'RecordResponsibilityLetter' | 'RecordCounterparts'
> = {
  DraftContract(contract, asked, { at, foreign }) {
    if (contract.status !== 'none') {
      if (sameData(contract.drafted, asked)) return [];
      refuse('already-drafted', 'This contract exists already.');
    }
    const active = activePolicy(foreign(policies, policyGroup), at);
    const { waiverReason, ...terms } = asked;
    // AGR-2.2, 3.1: the one-off fees are waived, and the lines that say so stay in the contract.
    const lineItems = lineItem.options.map((item) => ({ item, amountFen: 0, waiverReason }));
    // A version from before this release lacks what the release added.
    const policy = contractPolicy.parse({ ...contractPolicyDefaults, ...active.values });
    const data = { ...terms, lineItems, policyVersion: active.version, policy };
    return under({ policyVersion: active.version }, [{ type: 'ContractDrafted', data }]);
  },

  SetFee(contract, fee) {
    if (sameData(drafted(contract).fee, fee)) return [];
    refuseFixedText(alive(contract));
    refuseUnequalFee(fee);
    return under(drafted(contract), [{ type: 'FeeSet', data: fee }]);
  },

  RecordResponsibilityLetter(contract, { letter }) {
    if (drafted(contract).letter === letter) return [];
    // A contract formed by performance may lack the letter and get it later.
    if (alive(contract).letter !== undefined) refuseFixedText(alive(contract));
    return under(drafted(contract), [{ type: 'ResponsibilityLetterRecorded', data: { letter } }]);
  },

  RecordCounterparts(contract, { counterparts }) {
    const { counterparts: recorded } = drafted(contract);
    if (sameData(recorded, counterparts)) return [];
    if (recorded) refuse('recorded-otherwise', 'Four other counterparts are recorded already.');
    const copies = new Set(counterparts.map(({ copy }) => copy));
    const heldByA = counterparts.filter(({ holder }) => holder === 'A');
    if (copies.size !== 4 || heldByA.length !== 2)
      refuse('counterparts-uneven', 'There are four different counterparts, two with each party (AGR-10.3).');
    return under(alive(contract), [{ type: 'CounterpartsRecorded', data: { counterparts } }]);
  },
};

/** AGR-7: what a party has put its name to is changed by agreement only. */
function refuseFixedText(contract: Draft | Effective): void {
  const acts = [...Object.values(contract.signed), ...Object.values(contract.sealed)];
  if (contract.status === 'effective' || acts.length > 0)
    refuse(
      'text-is-fixed',
      'The text is fixed; it changes by supplementary agreement once it is in force (AGR-7).',
    );
}
