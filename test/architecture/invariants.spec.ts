import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './tree.js';

interface Invariant {
  readonly id: string;
  readonly issue: number;
  readonly context: string;
  readonly means: string;
}

const { invariants, says, testNames, testNamesIn, untested } = (await import(
  join(repository, 'test/architecture/invariants.js')
)) as {
  invariants: readonly Invariant[];
  says: (name: string, id: string) => boolean;
  testNames: () => readonly string[];
  testNamesIn: (text: string) => readonly string[];
  untested: (all: readonly Invariant[], names: readonly string[]) => readonly Invariant[];
};

const isDue = ({ context }: Invariant) => existsSync(join(repository, 'libs', context));

describe('the invariants of the domain', () => {
  test('each has its own id and one line of meaning', () => {
    expect(new Set(invariants.map(({ id }) => id)).size).toBe(invariants.length);
    for (const { means } of invariants) expect(means).toMatch(/^[^\n]+[.]$/);
  });

  test('each of a context that exists is in the name of a test', () => {
    const due = invariants.filter(isDue);
    expect(due).not.toEqual([]);
    expect(untested(due, testNames()).map(({ id }) => id)).toEqual([]);
  });
});

describe('the check itself', () => {
  test('finds names however a test is declared, and nothing else', () => {
    const spec = `
      describe('one', () => { test('two', async () => {}); it("three", function () {}); });
      test.each([['no']])('four %s', (no) => {}, 5);
      holds(\`five\`, (history) => {}, 60);
      say('six'); const text = 'seven'; // test('eight', () => {})
    `;
    expect(testNamesIn(spec)).toEqual(['one', 'two', 'three', 'four %s', 'five']);
  });

  test.each([
    ['AGR-7: the text is fixed', 'AGR-7', true],
    ['the text is fixed (AGR-7)', 'AGR-7', true],
    ['R1, R7: renewal', 'R7', true],
    ['AGR-7.2: force majeure', 'AGR-7', false],
    ['AGR-10.1: in force', 'AGR-1', false],
    ['AGR-10x1', 'AGR-10.1', false],
    ['K11: additions only', 'K1', false],
    ['HALL-L1: the zone', 'HALL-1', false],
    ['a VALID-1', 'ID-1', false],
  ])('whether "%s" says %s: %s', (name, id, expected) => expect(says(name, id)).toBe(expected));

  test('an invariant without a test is found', () => {
    const all = ['R1', 'R2'].map((id) => ({ id, issue: 2, context: 'contract', means: 'Something.' }));
    expect(untested(all, ['R2: it expires'])).toEqual([all[0]]);
  });
});
