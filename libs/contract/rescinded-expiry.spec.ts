import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '#kernel/time';
import {
  amend,
  consent,
  decideNotice,
  executedOn,
  notice,
  on,
  rescind,
  rescindExpiry,
  terminate,
  withdraw,
} from '../../test/support/contract.js';
import { refusal, story } from '../../test/support/contract-story.js';

const SEED = 20260401;
const D0 = '2025-03-15';
const second = 'd3b2f5e9-8c2a-4a3f-8b64-2a1f6e7d8c04';
const expired = [...executedOn(D0), notice(on('2026-01-10'))];
const enteredLate = [...expired, consent(on('2026-04-01'), 'B', on('2026-03-01'))];

describe('R5: a notice that was taken back in time, entered after the contract had expired by it', () => {
  test('R5: the withdrawal is kept with its own instant, and rescinding the expiry renews the term after all', () => {
    const { dated, state } = story('2026-04-03', [...enteredLate, rescindExpiry(on('2026-04-02'))]);
    expect(dated.map(({ type, facts }) => [type, facts.effectiveAt])).toEqual([
      ['NonRenewalNoticeReceived', '2026-01-10T01:30:00.000Z'],
      ['ContractExpired', '2026-03-15T16:00:00.000Z'],
      ['NoticeWithdrawn', '2026-03-01T01:30:00.000Z'],
      ['ExpiryRescinded', '2026-04-02T01:30:00.000Z'],
      ['RenewalLocked', '2026-03-01T01:30:00.000Z'],
      ['ContractRenewed', '2026-03-15T16:00:00.000Z'],
    ]);
    expect(state).toMatchObject({ status: 'effective', term: { termNo: 2 } });
    expect(state).not.toHaveProperty('endedAt');
  });

  test('R5: until then the contract is expired and the notice waits for a person', () => {
    expect(story('2026-04-03', enteredLate).state).toMatchObject({
      status: 'expired',
      notices: [{ effect: 'expiry-needs-rescission' }],
    });
  });

  test('R5: a withdrawal that arrived with the notice is taken down as late as a consent', () => {
    const given = [...expired, withdraw(on('2026-04-01'), on('2026-01-10')), rescindExpiry(on('2026-04-02'))];
    expect(story('2026-04-03', given).dated.slice(-2)).toMatchObject([
      { type: 'RenewalLocked', facts: { effectiveAt: '2026-02-15T16:00:00.000Z' } },
      { type: 'ContractRenewed' },
    ]);
  });

  test('R5: a consent that arrived after expiry is none', () => {
    expect(refusal(expired, consent(on('2026-04-01'), 'B', on('2026-03-16', '00:00:00')))).toBe(
      'contract-ended',
    );
  });

  test('R5: by another person than entered the withdrawal, once', () => {
    expect(refusal(enteredLate, rescindExpiry(on('2026-04-02'), 'staff:clerk'))).toBe('four-eyes');
    const twice = [...enteredLate, rescindExpiry(on('2026-04-02')), rescindExpiry(on('2026-04-03'))];
    expect(story('2026-04-04', twice).told.filter((type) => type === 'ExpiryRescinded')).toHaveLength(1);
  });

  test('R3, R5: while another notice stands, the expiry does', () => {
    const before = [...expired.slice(0, -1), notice(on('2026-01-09'), undefined, 'B', second)];
    const given = [...before, ...expired.slice(-1), consent(on('2026-04-01'), 'A', on('2026-03-01'), second)];
    expect(refusal(given, rescindExpiry(on('2026-04-02'), undefined, second))).toBe('nothing-to-rescind');
    const both = [...given, consent(on('2026-04-02'), 'B', on('2026-03-02'))];
    expect(story('2026-04-04', [...both, rescindExpiry(on('2026-04-03'))]).state.status).toBe('effective');
  });

  test('R3, R5: a timely notice that is entered meanwhile is what the expiry rests on now', () => {
    const given = [...enteredLate, notice(on('2026-04-02'), on('2026-02-01'), 'B', second)];
    expect(story('2026-04-02', given).state).toMatchObject({ notices: [{}, { effect: 'ends-term' }] });
    expect(refusal(given, rescindExpiry(on('2026-04-03')))).toBe('nothing-to-rescind');
  });

  test('R0, R5: with another notice undecided the renewal locks at the end of the term', () => {
    const grey = [...executedOn('2024-02-29'), notice(on('2025-01-10'))];
    const given = [
      ...grey,
      notice(on('2025-01-30'), undefined, 'B', second),
      consent(on('2025-03-04'), 'B', on('2025-02-10')),
      rescindExpiry(on('2025-03-05')),
    ];
    const { dated } = story('2025-03-06', given);
    expect(dated.at(-2)).toMatchObject({
      type: 'RenewalLocked',
      facts: { effectiveAt: '2025-02-28T16:00:00.000Z' },
    });
    const accepted = story('2025-03-08', [...given, decideNotice(on('2025-03-07'), true, second)]);
    expect(accepted.state).toMatchObject({ notices: [{}, { effect: 'needs-rescission' }] });
  });

  test('R5: after a termination a withdrawal is taken down and changes nothing', () => {
    const given = [
      ...expired,
      terminate(on('2026-02-01'), '2026-02-01'),
      consent(on('2026-04-01'), 'B', on('2026-01-20')),
    ];
    expect(story('2026-04-01', given).told.slice(-2)).toEqual(['ContractTerminated', 'NoticeWithdrawn']);
    expect(refusal(given, rescindExpiry(on('2026-04-02')))).toBe('nothing-to-rescind');
  });

  test('terms that were rescinded do not begin a second time', () => {
    const given = [
      ...executedOn(D0),
      notice(on('2027-04-01'), on('2026-02-01')),
      rescind(on('2027-04-02')),
      consent(on('2027-04-03'), 'B', on('2026-03-01')),
    ];
    expect(refusal(given, rescindExpiry(on('2027-04-04')))).toBe('later-terms-rescinded');
  });
});

describe('R5, R7: entered late is entered in time', () => {
  test('state, deadlines, and what happened to the terms are the same', () => {
    const scenario = fc.record({
      effectiveOn: fc.constantFrom('2024-02-29', '2025-03-15', '2024-04-30'),
      noticeBeforeEnd: fc.integer({ min: 40, max: 300 }),
      takenBackBeforeEnd: fc.integer({ min: 1, max: 39 }),
      enteredAfterEnd: fc.integer({ min: 1, max: 1_000 }),
      newFee: fc.boolean(),
      reading: fc.constantFrom('AT_LEAST_ONE_MONTH', 'WITHIN_LAST_MONTH'),
    });
    fc.assert(
      fc.property(scenario, (s) => {
        const end = story('2025-01-01', executedOn(s.effectiveOn)).state;
        if (end.status !== 'effective') throw new Error('the contract is in force');
        const { endsOn } = end.term;
        const arrived = on(addDays(endsOn, -(s.reading === 'WITHIN_LAST_MONTH' ? 20 : s.noticeBeforeEnd)));
        const takenBack = on(
          addDays(endsOn, -(s.reading === 'WITHIN_LAST_MONTH' ? 1 : s.takenBackBeforeEnd)),
        );
        const entered = addDays(endsOn, s.enteredAfterEnd);
        const amended = addDays(endsOn, -310);
        const fee = { annualFeeFen: 10_800_000, annualFeeCapital: '壹拾万零捌仟元整' };
        const begin = [
          ...executedOn(s.effectiveOn),
          ...(s.newFee ? [amend(on(amended), amended, endsOn, { fee })] : []),
          notice(arrived),
        ];
        const policy = { noticeReading: s.reading } as const;
        const late = [...begin, consent(on(entered), 'B', takenBack), rescindExpiry(on(addDays(entered, 1)))];
        const until = addDays(entered, 2);
        const inTime = [...begin, consent(takenBack)];
        expect(sameAnyway(story(until, late, policy))).toEqual(sameAnyway(story(until, inTime, policy)));
      }),
      { seed: SEED, numRuns: 100 },
    );
  });
});

/** What is the same however late a withdrawal was entered: all but who wrote what down when. */
function sameAnyway({ state, open, dated }: ReturnType<typeof story>) {
  if (state.status !== 'effective') throw new Error(`the contract is ${state.status}`);
  const { notices, ...rest } = state;
  return {
    ...rest,
    notices: notices.map(({ noticeId, effect, termNo }) => [noticeId, effect, termNo]),
    open: [...open.values()].map(({ command, generation, dueAt }) => [command, generation, dueAt]),
    terms: dated.flatMap(({ type, data, facts: { effectiveAt } }): unknown[] => {
      if (type === 'ContractRenewed') return [[effectiveAt, data.term]];
      return type === 'RenewalLocked' ? [[effectiveAt, data.termNo]] : [];
    }),
  };
}
