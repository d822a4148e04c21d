import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { check, resolveConfig } from 'prettier';
import { repository } from './tree.js';

const options = await resolveConfig(join(repository, 'libs/kernel/money.ts'));

/** Option of .prettierrc.json -> a text as it wants it, and one that it must send back. */
const counterExamples: Readonly<Record<string, readonly [good: string, bad: string]>> = {
  singleQuote: [`const tier = 'gold';\n`, `const tier = "gold";\n`],
  printWidth: [
    `const sumFen = ${'feeFen + '.repeat(9)}feeFen;\n`,
    `const sumFen =\n  ${'feeFen + '.repeat(9)}feeFen;\n`,
  ],
};

describe('formatting', () => {
  test('every option has a counter-example', () => {
    expect(Object.keys(options ?? {})).toEqual(Object.keys(counterExamples));
  });

  test.each(Object.entries(counterExamples))('%s is kept and catches its breach', async (_, [good, bad]) => {
    expect(await check(good, { ...options, parser: 'typescript' })).toBe(true);
    expect(await check(bad, { ...options, parser: 'typescript' })).toBe(false);
  });
});
