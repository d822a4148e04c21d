import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { labelled } from './label.js';
import { eventTable, schemaVersionOf } from './message.js';
import { fen } from './money.js';
import { sameData } from './same.js';
import { id, personal, publicText, reasonCode, reference } from './text.js';

const accepts = (shape: z.ZodType, values: readonly unknown[]) =>
  values.map((value) => shape.safeParse(value).success);

describe('texts', () => {
  test('a reference is opaque: letters, digits and a few marks, never a blank', () => {
    expect(accepts(reference, ['scan:2025-117', 'a', 'A/b_c.d-1', 'x'.repeat(120)])).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(accepts(reference, ['', '-a', 'Li Lei', '李雷', 'x'.repeat(121)])).toEqual(Array(5).fill(false));
  });

  test('a reason is a code', () => {
    expect(accepts(reasonCode, ['customer-request', 'a', 'phase-2'])).toEqual([true, true, true]);
    expect(accepts(reasonCode, ['', 'Customer', 'a--b', '-a', 'a-', 'he said so', 'a'.repeat(61)])).toEqual(
      Array(7).fill(false),
    );
  });

  test('an id is a UUID', () => {
    expect(accepts(id, ['5f0c7a52-6c0a-4d63-9d0b-0f2f7c1f1a01', 'contract-1'])).toEqual([true, false]);
  });

  test('a public text is trimmed, and neither empty nor too long', () => {
    expect(publicText(3).parse(' 叁角 ')).toBe('叁角');
    expect(accepts(publicText(3), ['  ', 'four'])).toEqual([false, false]);
  });

  test('what is public or personal says so, also when it is narrowed afterwards', () => {
    for (const shape of [id, reference, reasonCode, publicText(3), reference.max(5), fen.min(1)])
      expect(shape.meta()).toMatchObject({ public: true });
    expect(personal(z.string()).meta()).toMatchObject({ personal: true });
  });
});

test('money is whole fen, never negative', () => {
  expect(accepts(fen, [0, 12_000_000, -1, 0.5, '1', Infinity])).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test('an enumeration carries its labels in both languages, for the documentation too', () => {
  const light = labelled({ on: { en: 'lit', zh: '亮' }, off: { en: 'dark', zh: '灭' } });
  expect(accepts(light, ['on', 'off', 'lit'])).toEqual([true, true, false]);
  expect(light.meta()).toEqual({
    description: 'on: lit (亮); off: dark (灭)',
    labels: { on: { en: 'lit', zh: '亮' }, off: { en: 'dark', zh: '灭' } },
  });
});

test('the schema version written today is one more than the upcasters', () => {
  const asIs = (data: Record<string, unknown>) => data;
  const table = eventTable('lamp', { Lit: z.object({}), Broken: z.object({}) }, { Lit: [asIs, asIs] });
  expect(['Lit', 'Broken'].map((type) => schemaVersionOf(table, type))).toEqual([3, 1]);
});

describe('plain data', () => {
  const fee = { annualFeeFen: 30, sites: ['a', { b: null }] };

  test('is the same whatever the order of its keys', () => {
    expect(sameData(fee, { sites: ['a', { b: null }], annualFeeFen: 30 })).toBe(true);
    expect([sameData(undefined, undefined), sameData([], []), sameData({}, {})]).toEqual([true, true, true]);
  });

  test.each([
    [{ ...fee, annualFeeFen: 31 }],
    [{ ...fee, more: 1 }],
    [{ annualFeeFen: 30 }],
    [{ ...fee, sites: [{ b: null }, 'a'] }],
    [{ ...fee, sites: { 0: 'a', 1: { b: null } } }],
    [{ ...fee, sites: ['a', { b: undefined }] }],
    [{ ...fee, sites: ['a', { c: null }] }],
    [undefined],
    [null],
    ['fee'],
  ])('differs from %j', (other) => {
    expect([sameData(fee, other), sameData(other, fee)]).toEqual([false, false]);
  });
});
