import { describe, expect, test } from '@jest/globals';
import { recompute, type Trace } from '#kernel/trace';
import {
  amend,
  confirmPerformance,
  draftIt,
  executedOn,
  notice,
  on,
  playContract,
  recordPerformance,
  setFee,
} from '../../test/support/contract.js';
import { derivations, explain } from './explain.js';
import type { ContractPolicy } from './policy.js';

interface Traced {
  readonly type: string;
  readonly path: string;
  readonly trace: Trace;
  readonly data: unknown;
}

function traced(changed: Partial<ContractPolicy>, byPerformance = false): Traced[] {
  const play = playContract(changed);
  const at = on('2024-02-29');
  const performed = [draftIt(at), setFee(at), recordPerformance(at, '2024-02-29'), confirmPerformance(at)];
  const given = play.given(
    ...(byPerformance ? performed : executedOn('2024-02-29')),
    amend(at, '2024-02-29', '2026-01-01', { fee: { annualFeeFen: 30, annualFeeCapital: '叁角' } }),
    notice(on('2025-02-20')),
  );
  return play
    .settle(given, on('2028-06-01'))
    .events.flatMap(({ type, data, trace = {} }) =>
      Object.entries(trace).map(([path, each]) => ({ type, path, trace: each, data })),
    );
}

const all = [
  ...traced({}),
  ...traced({ executionMode: 'SIGN_OR_SEAL', noticeReading: 'WITHIN_LAST_MONTH', anchor: 'CHAINED' }, false),
  ...traced({ termEndConvention: 'DAY_BEFORE', noticeGreyZone: 'ACCEPT' }, true),
];

/** The field of an event's data that a trace tells about; a reminder's instant is found by its number of days. */
function valueAt(data: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inside, field) =>
        Array.isArray(inside)
          ? inside.find(({ daysBefore }) => String(daysBefore) === field)?.remindAt
          : Object(inside)[field],
      data,
    );
}

describe('traces', () => {
  test('every trace is recomputed to its result from its inputs alone, and the result is what the event says', () => {
    for (const { type, path, trace, data } of all) {
      const stored = JSON.parse(JSON.stringify(trace));
      expect([type, path, recompute(derivations, stored)]).toEqual([type, path, trace.result]);
      expect([type, path, valueAt(data, path)]).toEqual([type, path, trace.result]);
    }
  });

  test('every rule occurs, and has words in both languages', () => {
    const rules = derivations.map(({ rule }) => rule);
    expect([...new Set(all.map(({ trace }) => trace.rule))].sort()).toEqual(rules.sort());
    for (const { trace } of all) {
      const { en, zh } = explain(trace);
      expect(`${en} ${zh}`).not.toMatch(/undefined|null/);
      expect(en).toContain(String(trace.result));
      expect(zh).toMatch(/\p{Script=Han}/u);
    }
  });

  test('every date of a term has its trace', () => {
    const [first] = all.filter(({ type }) => type === 'ContractBecameEffective');
    const fields = Object.keys(Object(first?.data).term).filter((field) => field !== 'termNo');
    const paths = all.filter(({ type }) => type === 'ContractBecameEffective').map(({ path }) => path);
    for (const field of fields) expect(paths.some((path) => path.startsWith(`term.${field}`))).toBe(true);
  });

  test('in words', () => {
    const end = all.find(({ path }) => path === 'term.endsOn');
    expect(end && explain(end.trace)).toEqual({
      en: "2025-02-28: 1 × 1 year(s) from 2024-02-29, the corresponding day, or the month's last day where there is none (Civil Code art. 202).",
      zh: '2025-02-28：自2024-02-29起1×1年，对应日，无对应日则为当月末日（民法典第202条）。',
    });
  });
});
