import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dateOf, instantOf, toDate, type LocalDate } from '#kernel/time';
import {
  dayAfter,
  dayBefore,
  naiveEnd,
  naiveMonthsLater,
  naiveVerdict,
  shanghaiMidnight,
} from '../../test/support/naive-terms.js';
import { noticeTimeliness } from './notice.js';
import type { Term } from './events.js';
import { contractPolicyDefaults, type ContractPolicy } from './policy.js';
import { nextTerm, termEnd, termStart } from './terms.js';

const SEED = 20250315;
type Dates = Omit<Term, 'annualFeeFen'>;

function termsFrom(date: string, count: number, changed: Partial<ContractPolicy> = {}): Dates[] {
  const policy = { ...contractPolicyDefaults, ...changed };
  const terms: Dates[] = [];
  for (let n = 0; n < count; n++)
    terms.push(nextTerm({ effectiveOn: dateOf(date), previous: terms[n - 1], policy }).dates);
  return terms;
}

describe('R0: the table of terms and notice limits of domain 3.3', () => {
  test.each([
    // D0          end 1         limit 1       forward 1     end 2         end 4
    ['2025-03-15', '2026-03-15', '2026-02-15', '2026-02-15', '2027-03-15', '2029-03-15'],
    ['2024-02-29', '2025-02-28', '2025-01-28', '2025-01-31', '2026-02-28', '2028-02-29'],
    ['2025-02-28', '2026-02-28', '2026-01-28', '2026-01-31', '2027-02-28', '2029-02-28'],
    ['2025-01-31', '2026-01-31', '2025-12-31', '2025-12-31', '2027-01-31', '2029-01-31'],
    ['2025-03-31', '2026-03-31', '2026-02-28', '2026-02-28', '2027-03-31', '2029-03-31'],
    ['2024-03-30', '2025-03-30', '2025-02-28', '2025-02-28', '2026-03-30', '2028-03-30'],
    ['2023-03-29', '2024-03-29', '2024-02-29', '2024-02-29', '2025-03-29', '2027-03-29'],
    ['2024-04-30', '2025-04-30', '2025-03-30', '2025-03-31', '2026-04-30', '2028-04-30'],
    ['2024-12-31', '2025-12-31', '2025-11-30', '2025-11-30', '2026-12-31', '2028-12-31'],
  ])('effective on %s', (effectiveOn, end1, limit1, forward1, end2, end4) => {
    const [first, second, , fourth] = termsFrom(effectiveOn, 4);
    expect(first).toMatchObject({ endsOn: end1, noticeLimitOn: limit1, forwardLimitOn: forward1 });
    expect([second?.endsOn, fourth?.endsOn]).toEqual([end2, end4]);
  });

  test('limits of later terms', () => {
    expect(termsFrom('2024-02-29', 4)[3]?.noticeLimitOn).toBe('2028-01-29');
    expect(termsFrom('2023-03-29', 2)[1]?.noticeLimitOn).toBe('2025-02-28');
  });

  test('chained terms lose the leap day, anchored ones find it again', () => {
    expect(termsFrom('2024-02-29', 4, { anchor: 'CHAINED' })[3]?.endsOn).toBe('2028-02-28');
    expect(termsFrom('2024-02-29', 4)[3]?.endsOn).toBe('2028-02-29');
  });

  test('the day before the corresponding day', () => {
    const terms = termsFrom('2025-03-15', 2, { termEndConvention: 'DAY_BEFORE' });
    expect(terms.map(({ startsOn, endsOn }) => [startsOn, endsOn])).toEqual([
      ['2025-03-15', '2026-03-14'],
      ['2026-03-15', '2027-03-14'],
    ]);
  });
});

function timelinessOf(term: Dates | undefined, arrivedAt: string) {
  if (!term) throw new Error('no term');
  const { timelyFrom = null, timelyBefore, locksAt } = term;
  return noticeTimeliness({ arrivedAt: instantOf(arrivedAt), timelyFrom, timelyBefore, locksAt }).value;
}

describe('AGR-10.1: a notice is judged by its arrival', () => {
  const [term] = termsFrom('2025-03-15', 1);

  test.each([
    ['2026-02-15T23:59:59+08:00', 'timely'],
    ['2026-02-15T15:59:59Z', 'timely'],
    ['2026-02-15T23:59:59.999+08:00', 'timely'],
    ['2026-02-16T00:00:00+08:00', 'late'],
    ['2026-02-15T16:00:00Z', 'late'],
  ])('arrived at %s: %s', (arrivedAt, timeliness) => {
    expect(timelinessOf(term, arrivedAt)).toBe(timeliness);
  });

  test('R0: the renewal locks when the last day of the notice ends', () => {
    expect(term?.locksAt).toBe('2026-02-15T16:00:00.000Z');
    expect(term?.expiresAt).toBe('2026-03-15T16:00:00.000Z');
  });

  test.each([
    ['MANUAL_REVIEW', ['timely', 'disputable', 'disputable', 'late'], '2025-01-31T16:00:00.000Z'],
    ['ACCEPT', ['timely', 'timely', 'timely', 'late'], '2025-01-31T16:00:00.000Z'],
    ['REJECT', ['timely', 'late', 'late', 'late'], '2025-01-28T16:00:00.000Z'],
  ] as const)('R0: the grey zone under %s', (noticeGreyZone, verdicts, locksAt) => {
    const [grey] = termsFrom('2024-02-29', 1, { noticeGreyZone });
    const arrivals = ['2025-01-28', '2025-01-29', '2025-01-31', '2025-02-01'];
    expect(arrivals.map((day) => timelinessOf(grey, `${day}T12:00:00+08:00`))).toEqual(verdicts);
    expect(grey?.locksAt).toBe(locksAt);
  });

  test('within the last month: too early before the limit, locked only when the term ends', () => {
    const [last] = termsFrom('2025-03-15', 1, { noticeReading: 'WITHIN_LAST_MONTH' });
    const arrivals = ['2026-02-14T23:59:59', '2026-02-15T00:00:00', '2026-03-15T23:59:59'];
    expect(arrivals.map((at) => timelinessOf(last, `${at}+08:00`))).toEqual(['early', 'timely', 'timely']);
    expect(last?.locksAt).toBe(last?.expiresAt);
  });

  test('an excluded limit day is late', () => {
    const [term] = termsFrom('2025-03-15', 1, { noticeLimitInclusive: false });
    expect(timelinessOf(term, '2026-02-14T23:59:59+08:00')).toBe('timely');
    expect(timelinessOf(term, '2026-02-15T00:00:00+08:00')).toBe('late');
  });

  test('R8: reminders 60, 45 and 31 days before the limit, at the start of the day', () => {
    expect(term?.reminders.map(({ remindAt }) => toDate(remindAt, 'Asia/Shanghai'))).toEqual([
      '2025-12-17',
      '2026-01-01',
      '2026-01-15',
    ]);
    expect(term?.reminders[0]?.remindAt).toBe('2025-12-16T16:00:00.000Z');
  });
});

const combinations: Partial<ContractPolicy>[] = (['CORRESPONDING_DAY', 'DAY_BEFORE'] as const).flatMap(
  (termEndConvention) =>
    (['ORIGINAL_DATE', 'CHAINED'] as const).flatMap((anchor) =>
      (['AT_LEAST_ONE_MONTH', 'WITHIN_LAST_MONTH'] as const).flatMap((noticeReading) =>
        [true, false].flatMap((noticeLimitInclusive) =>
          (['MANUAL_REVIEW', 'ACCEPT', 'REJECT'] as const).map((noticeGreyZone) => ({
            termEndConvention,
            anchor,
            noticeReading,
            noticeLimitInclusive,
            noticeGreyZone,
          })),
        ),
      ),
    ),
);

function expectNaive(effectiveOn: string, terms: readonly Dates[], policy: ContractPolicy): void {
  let startsOn = effectiveOn;
  for (const term of terms) {
    const endsOn = naiveEnd(effectiveOn, term.termNo, startsOn, policy);
    const facts = [term.startsOn, term.endsOn, term.expiresAt, term.noticeLimitOn];
    const limit = naiveMonthsLater(endsOn, -policy.noticeMonths);
    expect(facts).toEqual([startsOn, endsOn, shanghaiMidnight(dayAfter(endsOn)), limit]);
    for (let day = dayBefore(limit), n = 0; n < 6; n++, day = dayAfter(day)) {
      const verdict = timelinessOf(term, `${day}T12:00:00+08:00`);
      if (verdict !== naiveVerdict(day, endsOn, policy))
        throw new Error(`${day}, term to ${endsOn}: ${verdict}, not ${naiveVerdict(day, endsOn, policy)}`);
    }
    startsOn = dayAfter(endsOn);
  }
}

describe('AGR-10.1: terms tile time without gap or overlap', () => {
  test('on every start date from 2000 to 2100, conventions and anchors in turn', () => {
    let turn = 0;
    for (let date = '2000-01-01'; date <= '2100-12-31'; date = dayAfter(date), turn++) {
      const policy = { ...contractPolicyDefaults, ...combinations[(turn % 4) * (combinations.length / 4)] };
      const { termYears, termEndConvention, anchor } = policy;
      const effectiveOn = dateOf(date);
      let previousEndsOn: LocalDate | null = null;
      for (let termNo = 1, startsOn = date; termNo <= 2; termNo++) {
        const start = termStart({ effectiveOn, previousEndsOn }).value;
        const inputs = { effectiveOn, termNo, previousEndsOn, termYears, termEndConvention, anchor };
        const end: LocalDate = termEnd(inputs).value;
        if (start !== startsOn || end !== naiveEnd(date, termNo, startsOn, policy))
          throw new Error(`term ${termNo} from ${date} under ${JSON.stringify(policy)}: ${start} to ${end}`);
        startsOn = dayAfter(end);
        previousEndsOn = end;
      }
    }
  });

  test('with every limit, from every third day of four years, all policies in turn', () => {
    for (let turn = 0, date = '2096-03-01'; date <= '2100-03-01'; turn++) {
      const policy = { ...contractPolicyDefaults, ...combinations[turn % combinations.length] };
      expectNaive(date, termsFrom(date, 1, policy), policy);
      for (let n = 0; n < 3; n++) date = dayAfter(date);
    }
  });

  test('on 29 February and at the ends of months, under every combination of policies', () => {
    for (const date of ['2024-02-29', '2025-02-28', '2024-01-31', '2024-04-30', '2027-12-31'])
      for (const combination of combinations) {
        const policy = { ...contractPolicyDefaults, ...combination };
        expectNaive(date, termsFrom(date, 5, policy), policy);
      }
  });

  test('for any date, length of term and of notice', () => {
    const anyDate = fc
      .integer({ min: 0, max: 36_889 })
      .map(
        (day) => new Date(Date.UTC(2000, 0, 1) + day * 86_400_000).toISOString().slice(0, 10) as LocalDate,
      );
    const anyPolicy = fc.record({
      combination: fc.constantFrom(...combinations),
      termYears: fc.integer({ min: 1, max: 4 }),
      noticeMonths: fc.integer({ min: 1, max: 11 }),
    });
    fc.assert(
      fc.property(anyDate, anyPolicy, (date, { combination, termYears, noticeMonths }) => {
        const policy = { ...contractPolicyDefaults, ...combination, termYears, noticeMonths };
        expectNaive(date, termsFrom(date, 5, policy), policy);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });
});
