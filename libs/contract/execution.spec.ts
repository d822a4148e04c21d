import { describe, expect, test } from '@jest/globals';
import {
  amend,
  confirmPerformance,
  draftIt,
  executedOn,
  on,
  playContract,
  recordCounterparts,
  recordLetter,
  recordPerformance,
  seal,
  setFee,
  sign,
  terminate,
  type AskedOfContract,
} from '../../test/support/contract.js';
import { contractCommands } from './commands.js';
import type { ContractPolicy } from './policy.js';

const day = '2025-03-20';
const at = on(day);
const ready = [draftIt(at), setFee(at), recordLetter(at)];

function after(asked: readonly AskedOfContract[], changed: Partial<ContractPolicy> = {}) {
  return playContract(changed).given(...asked);
}

function refusal(given: readonly AskedOfContract[], last: AskedOfContract) {
  const play = playContract();
  return play.when(play.given(...given), last).refused;
}

describe('AGR-10.1: execution', () => {
  test('four acts in any order: effective from the start of the day of the last one', () => {
    const acts = [
      sign(at, 'B', '2025-03-12'),
      seal(at, 'A', '2025-03-15'),
      seal(at, 'B', '2025-03-10'),
      sign(at, 'A', '2025-03-11'),
    ];
    const { events, state } = after([...ready, ...acts]);
    expect(events.at(-1)).toMatchObject({
      type: 'ContractBecameEffective',
      data: { effectiveOn: '2025-03-15', by: 'execution', term: { termNo: 1, endsOn: '2026-03-15' } },
      facts: { effectiveAt: '2025-03-14T16:00:00.000Z', recordedAt: at },
      policies: { contract: 1 },
    });
    expect(after([...ready, ...acts.slice(0, 3)]).state.status).toBe('draft');
    expect(state.status).toBe('effective');
  });

  test("sign or seal: the later of the two parties' first acts; the other acts may follow and move nothing", () => {
    const acts = [seal(at, 'A', '2025-03-15'), sign(at, 'A', '2025-03-10'), seal(at, 'B', '2025-03-12')];
    const { state } = after([...ready, ...acts, sign(at, 'B', '2025-03-19')], {
      executionMode: 'SIGN_OR_SEAL',
    });
    expect(state).toMatchObject({ effectiveOn: '2025-03-12', signed: { B: { on: '2025-03-19' } } });
  });

  test('AGR-3.2: while a precondition is missing no act is recorded, and all that is missing is listed', () => {
    const refused = refusal([draftIt(at)], sign(at, 'A', day));
    expect(refused?.code).toBe('preconditions-missing');
    expect(refused?.sentence).toContain('the annual fee in both notations; the responsibility letter');
    expect(refusal([draftIt(at), setFee(at)], seal(at, 'A', day))?.sentence).not.toContain('annual fee');
  });

  test('AGR-3.2: notations that differ are refused, in the draft and in an amendment', () => {
    expect(refusal([draftIt(at)], setFee(at, 12_000_000, '壹拾贰元整'))?.code).toBe('notations-differ');
    const fee = { annualFeeFen: 100, annualFeeCapital: '贰元整' };
    expect(refusal(executedOn(day), amend(at, day, day, { fee }))?.code).toBe('notations-differ');
  });

  test('an act may lie in the past, never in the future; today is told in the zone of the contract', () => {
    const lateEvening = on('2025-03-20', '00:30:00');
    const given = ready.map((each) => ({ ...each, at: lateEvening }));
    expect(refusal(given, sign(lateEvening, 'A', '2025-03-20'))).toBeUndefined();
    expect(refusal(given, sign(lateEvening, 'A', '2025-03-21'))?.code).toBe('in-the-future');
  });

  test('formation by performance (Civil Code art. 490) takes effect once a second person confirms it', () => {
    const given = [...ready.slice(0, 2), recordPerformance(at, '2025-03-01')];
    expect(refusal(given, confirmPerformance(at, 'staff:clerk'))?.code).toBe('four-eyes');
    const { state, events } = after([...given, confirmPerformance(at)]);
    expect(state).toMatchObject({ status: 'effective', effectiveOn: '2025-03-01' });
    expect(events.at(-1)?.data).toMatchObject({ by: 'performance' });
    const unpriced = [draftIt(at), recordPerformance(at, '2025-03-01')];
    expect(refusal(unpriced, confirmPerformance(at))?.code).toBe('preconditions-missing');
  });
});

describe('the agreement', () => {
  test('AGR-1.1, AGR-2.3: a leased line of more than 0 Mbit/s to at least one site; AGR-2.2, AGR-3.1: one-off fees waived', () => {
    const [drafted] = after([draftIt(at)]).events;
    expect(drafted?.data).toMatchObject({
      product: 'leased-ip-line',
      bandwidthMbps: 100,
      policyVersion: 1,
      lineItems: ['construction', 'connection', 'handling'].map((item) => ({ item, amountFen: 0 })),
    });
    const { shape } = contractCommands.DraftContract;
    const { data } = draftIt(at);
    expect(shape.safeParse(data).success).toBe(true);
    expect(shape.safeParse({ ...data, bandwidthMbps: 0 }).success).toBe(false);
    expect(shape.safeParse({ ...data, sites: [] }).success).toBe(false);
  });

  test('a contract needs active policies to be drafted', () => {
    const play = playContract();
    const before = { ...draftIt(at), at: on('1899-01-01') };
    expect(play.when(play.beginning, before).refused?.code).toBe('no-active-policy');
  });

  test('AGR-7: what is signed changes by the acts of both parties only, and ends by their agreement only', () => {
    expect(refusal([...ready, sign(at, 'A', day)], setFee(at, 30, '叁角'))?.code).toBe('text-is-fixed');
    const oneSided = { ...amend(at, day, day, { bandwidthMbps: 200 }).data, acts: { A: { on: day } } };
    expect(contractCommands.AmendContract.shape.safeParse(oneSided).success).toBe(false);
    const alone = { ...terminate(at, day).data, ground: 'BREACH_BY_A' };
    expect(contractCommands.TerminateContract.shape.safeParse(alone).success).toBe(false);
  });

  test('AGR-10.2: an amendment says what it is for, changes something, and does not reach back', () => {
    const lawful = amend(at, day, day, { bandwidthMbps: 200 });
    const { events } = after([
      ...executedOn(day),
      { ...lawful, data: { ...lawful.data, cause: 'conflict-with-law' } },
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'ContractAmended', data: { cause: 'conflict-with-law' } });
    expect(refusal(executedOn(day), amend(at, day, day, {}))?.code).toBe('nothing-amended');
    const backdated = amend(at, day, '2025-03-19', { bandwidthMbps: 200 });
    expect(refusal(executedOn(day), backdated)?.code).toBe('amendment-backdated');
  });

  test('AGR-10.3: four counterparts, two with each party', () => {
    expect(refusal(ready, recordCounterparts(at))).toBeUndefined();
    expect(refusal(ready, recordCounterparts(at, ['A', 'A', 'A', 'B']))?.code).toBe('counterparts-uneven');
    const three = recordCounterparts(at, ['A', 'A', 'B']).data;
    expect(contractCommands.RecordCounterparts.shape.safeParse(three).success).toBe(false);
  });
});
