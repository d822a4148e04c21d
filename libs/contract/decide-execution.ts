import { sameData } from '#kernel/same';
import { startOfDay, type LocalDate } from '#kernel/time';
import type { Derived } from '#kernel/trace';
import type { Party } from './events.js';
import { effectiveDate, performanceDate } from './execution.js';
import { alive, drafted, refuseFutureDate, under, type ContractEvent, type ContractRules } from './guards.js';
import { missingBeforeActs, wordsFor } from './missing-part.js';
import { asText, termPrice } from './price.js';
import { refuse } from './refusals.js';
import type { Act, Contract, Draft, Effective } from './state.js';
import { nextTerm } from './terms.js';

export const executionRules: Pick<
  ContractRules,
  'SignContract' | 'SealContract' | 'RecordFormationByPerformance' | 'ConfirmFormationByPerformance'
> = {
  SignContract(contract, { party, ...act }, { at }) {
    const { signed } = drafted(contract);
    if (sameData(signed[party], act)) return [];
    const open = openToActs(contract, signed[party]);
    refuseFutureDate('The signature', act.on, at, open);
    return acted(open, { ...open, signed: { ...signed, [party]: act } }, 'PartySigned', party, act);
  },

  SealContract(contract, { party, ...act }, { at }) {
    const { sealed } = drafted(contract);
    if (sameData(sealed[party], act)) return [];
    const open = openToActs(contract, sealed[party]);
    refuseFutureDate('The seal', act.on, at, open);
    return acted(open, { ...open, sealed: { ...sealed, [party]: act } }, 'PartySealed', party, act);
  },

  RecordFormationByPerformance(contract, { performedOn, evidence }, { at }) {
    const { formation } = drafted(contract);
    if (formation?.performedOn === performedOn && formation.evidence === evidence) return [];
    if (formation)
      refuse('recorded-otherwise', `A performance on ${formation.performedOn} is recorded already.`);
    const draft = stillDraft(contract);
    refuseFutureDate('The performance', performedOn, at, draft);
    return under(draft, [{ type: 'FormationByPerformanceRecorded', data: { performedOn, evidence } }]);
  },

  ConfirmFormationByPerformance(contract, { legalConfirmation }, { actor }) {
    const { formation, legalConfirmation: confirmed } = drafted(contract);
    if (confirmed === legalConfirmation) return [];
    if (confirmed) refuse('recorded-otherwise', `${confirmed} has confirmed the formation already.`);
    const draft = stillDraft(contract);
    if (!formation) refuse('formation-not-recorded', 'There is no performance to confirm.');
    if (formation.recordedBy === actor)
      refuse('four-eyes', 'The performance is confirmed by another person than recorded it.');
    const began = performanceDate({ performedOn: formation.performedOn });
    return under(draft, [
      { type: 'FormationByPerformanceConfirmed', data: { legalConfirmation } },
      becameEffective(draft, 'performance', began),
    ]);
  },
};

function stillDraft(contract: Contract): Draft {
  const living = alive(contract);
  return living.status === 'draft'
    ? living
    : refuse('already-effective', `The contract is effective since ${living.effectiveOn}.`);
}

/** A contract on which this act may be recorded. Where one act a party suffices, the others may follow once it is effective. */
function openToActs(contract: Contract, recorded: Act | undefined): Draft | Effective {
  const living = alive(contract);
  if (recorded) refuse('recorded-otherwise', `This act is recorded already, as of ${recorded.on}.`);
  const missing = missingBeforeActs({
    annualFeeFen: living.fee?.annualFeeFen ?? null,
    responsibilityLetter: living.letter ?? null,
  }).map(wordsFor);
  if (missing.length > 0)
    refuse('preconditions-missing', `Before anybody signs or seals there must be: ${missing.join('; ')}.`);
  return living;
}

function acted(
  was: Draft | Effective,
  now: Draft | Effective,
  type: 'PartySigned' | 'PartySealed',
  party: Party,
  act: Act,
): readonly ContractEvent[] {
  const event = { type, data: { party, ...act }, effectiveAt: startOfDay(act.on, was.policy.timezone) };
  if (was.status === 'effective') return under(was, [event]);
  const { value, trace } = effectiveDate({
    executionMode: now.policy.executionMode,
    signedByA: now.signed.A?.on ?? null,
    sealedByA: now.sealed.A?.on ?? null,
    signedByB: now.signed.B?.on ?? null,
    sealedByB: now.sealed.B?.on ?? null,
  });
  if (value === null) return under(was, [event]);
  return under(was, [event, becameEffective(was, 'execution', { value, trace })]);
}

function becameEffective(
  { fee, policy }: Draft,
  by: 'execution' | 'performance',
  began: Derived<LocalDate>,
): ContractEvent {
  const effectiveOn = began.value;
  if (!fee)
    refuse(
      'preconditions-missing',
      'Before the contract is effective there must be: the annual fee in both notations.',
    );
  const { dates, trace } = nextTerm({ effectiveOn, previous: undefined, policy });
  const fees = [{ countsFrom: effectiveOn, annualFeeFen: fee.annualFeeFen }];
  const price = termPrice({ startsOn: effectiveOn, agreedFees: asText(fees) });
  return {
    type: 'ContractBecameEffective',
    data: { effectiveOn, by, term: { ...dates, annualFeeFen: price.value } },
    effectiveAt: startOfDay(effectiveOn, policy.timezone),
    trace: { effectiveOn: began.trace, ...trace, 'term.annualFeeFen': price.trace },
  };
}
