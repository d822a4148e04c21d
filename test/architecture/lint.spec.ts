import { beforeAll, describe, expect, test } from '@jest/globals';
import { ESLint, type Linter } from 'eslint';
import { join } from 'node:path';
import { inTree, repository, type Files } from './tree.js';

const configFile = join(repository, 'eslint.config.js');
const { default: configs } = (await import(configFile)) as { default: Linter.Config[] };

/** Not a rule to ESLint but an option beside them. */
const unusedDirective = 'reportUnusedDisableDirectives';

const lines = (count: number) => Array.from({ length: count }, (_, line) => `step(${line});`).join('\n');

/**
 * What is forbidden -> a file that does it, and nothing else that is forbidden.
 * A rule that forbids several things is followed by which of them is meant.
 */
const counterExamples: Readonly<Record<string, readonly [path: string, text: string]>> = {
  '@typescript-eslint/await-thenable': ['libs/web/a.ts', `export const answer = async () => await 42;`],
  '@typescript-eslint/consistent-type-assertions': [
    'libs/contract/b.ts',
    `export const at = (text: unknown) => text as string;`,
  ],
  '@typescript-eslint/consistent-type-imports': [
    'libs/web/c.ts',
    `import { Files } from './e.js'; export type All = Files[];`,
  ],
  '@typescript-eslint/no-explicit-any': [
    'libs/web/d.ts',
    `export const open = (door: any): unknown => door;`,
  ],
  '@typescript-eslint/no-floating-promises': [
    'libs/web/e.ts',
    `export type Files = string; export const later = () => { Promise.resolve(1); };`,
  ],
  '@typescript-eslint/no-misused-promises': [
    'libs/web/f.ts',
    `process.on('exit', async () => { await Promise.resolve(1); });`,
  ],
  '@typescript-eslint/no-namespace': ['libs/web/g.ts', `export namespace Terms { export const one = 1; }`],
  '@typescript-eslint/no-non-null-assertion': [
    'libs/contract/h.ts',
    `export const first = (terms: string[]) => terms[0]!;`,
  ],
  '@typescript-eslint/no-unused-vars': [
    'libs/web/i.ts',
    `import { join } from 'node:path'; export const nothing = 0;`,
  ],
  eqeqeq: ['libs/web/j.ts', `export const same = (a: string, b: string) => a == b;`],
  'max-lines': ['test/k.ts', `declare function step(line: number): void;\n${lines(200)}`],
  'max-lines-per-function': [
    'apps/queries/l.ts',
    `declare function step(line: number): void;\nexport function all() {\n${lines(39)}\n}`,
  ],
  'no-console': ['libs/web/m.ts', `console.log('listening');`],
  'no-restricted-exports': ['libs/web/n.ts', `const n = 1; export default n;`],
  'no-restricted-globals: process': ['libs/contract/o.ts', `export const region = process.env['REGION'];`],
  'no-restricted-globals: performance': ['libs/contract/p.ts', `export const at = () => performance.now();`],
  'no-restricted-globals: crypto': ['libs/kernel/q.ts', `export const id = () => crypto.randomUUID();`],
  'no-restricted-globals: fetch': [
    'libs/contract/r.ts',
    `export const rate = () => fetch('http://127.0.0.1');`,
  ],
  'no-restricted-globals: setTimeout': [
    'libs/contract/s.ts',
    `export const soon = (then: () => void) => setTimeout(then, 1);`,
  ],
  'no-restricted-globals: setInterval': [
    'libs/kernel/t.ts',
    `export const often = (then: () => void) => setInterval(then, 1);`,
  ],
  'no-restricted-globals: setImmediate': [
    'libs/kernel/u.ts',
    `export const next = (then: () => void) => setImmediate(then);`,
  ],
  'no-restricted-properties: Date.now': ['libs/contract/tables/v.ts', `export const at = () => Date.now();`],
  'no-restricted-properties: Temporal.Now': [
    'libs/kernel/w.ts',
    `import { Temporal } from 'temporal-polyfill'; export const at = () => Temporal.Now.instant();`,
  ],
  'no-restricted-properties: Math.random': ['libs/contract/x.ts', `export const pick = () => Math.random();`],
  'no-restricted-syntax: TSEnumDeclaration': ['apps/queries/y.ts', `export enum Tier { One }`],
  'no-restricted-syntax: ExportAllDeclaration': ['libs/contract/z.ts', `export * from './x.js';`],
  'no-restricted-syntax: :matches(NewExpression[arguments.length=0], CallExpression)[callee.name="Date"]': [
    'libs/contract/aa.ts',
    `export const at = () => new Date();`,
  ],
  'no-restricted-syntax: :matches(CallExpression, MemberExpression) > MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(only|skip|todo)$/]':
    ['libs/contract/ac.spec.ts', `import { test } from '@jest/globals'; test.only('one', () => undefined);`],
  'no-warning-comments': ['libs/web/ad.ts', `// TODO: more of it\nexport const some = 1;`],
  [unusedDirective]: ['libs/web/ae.ts', `// eslint-disable-next-line no-console\nexport const quiet = 1;`],
};

/** What the rules allow although it looks like what they forbid. */
const good: Files = {
  'libs/kernel/time.ts': `export type Instant = string & { brand: 1 };
    export const instantOfEpochMs = (epochMs: number) => new Date(epochMs).toISOString() as Instant;`,
  'libs/contract/terms.ts': `export const kinds = ['one', 'two'] as const;
    export const agreed = (all: { fee: number; site: string }) => { const { fee: _, ...rest } = all; return rest; };`,
  'libs/web/drain.ts': `export async function drain(all: AsyncIterable<number>) { for await (const _ of all); }`,
  'libs/event-store/clock.ts': `export const at = (): string => new Date(Date.now()).toISOString() as 'now'; export const home = process.env['HOME'];`,
  'libs/contract/terms.spec.ts': `import { test } from '@jest/globals';\ndeclare function step(line: number): void;
    test('kept', () => undefined); (process.env['X'] ? test : test.skip)('many steps', () => {\nstep([Math.random()][0]!);\n${lines(60)}\n});`,
};

interface Restriction {
  readonly name?: string;
  readonly selector?: string;
  readonly object?: string;
  readonly property?: string;
  readonly message: string;
}
const nameOf = ({ name, selector, object, property }: Restriction) =>
  name ?? selector ?? `${object}.${property}`;

/** The things that a rule of the no-restricted family forbids; none for any other rule. */
function restrictionsOf(rule: string, { rules = {} }: Linter.Config): Restriction[] {
  const setting = rules[rule];
  const isList = /^no-restricted-(globals|properties|syntax)$/.test(rule);
  return isList && Array.isArray(setting) ? (setting.slice(1) as Restriction[]) : [];
}

/** What a configuration forbids, one entry for each thing. */
function forbiddenBy(config: Linter.Config): string[] {
  return Object.keys(config.rules ?? {}).flatMap((rule) => {
    const restrictions = restrictionsOf(rule, config);
    return restrictions.length > 0 ? restrictions.map((each) => `${rule}: ${nameOf(each)}`) : [rule];
  });
}

/** What a message complains of, in the words of `forbiddenBy`. */
function complaint({ ruleId, message }: Linter.LintMessage, config: Linter.Config): string {
  if (!ruleId) return message.startsWith('Unused eslint-disable') ? unusedDirective : message;
  const restriction = restrictionsOf(ruleId, config).find(
    (each) => message === each.message || message.includes(`'${nameOf(each)}'`),
  );
  return restriction ? `${ruleId}: ${nameOf(restriction)}` : ruleId;
}

describe('lint rules', () => {
  /** File -> what was complained of in it. */
  const complaints = new Map<string, string[]>();

  beforeAll(async () => {
    const bad = Object.fromEntries(Object.values(counterExamples));
    await inTree({ ...bad, ...good }, async (root) => {
      const eslint = new ESLint({
        cwd: root,
        overrideConfigFile: configFile,
        overrideConfig: { languageOptions: { parserOptions: { tsconfigRootDir: root } } },
      });
      for (const { filePath, messages } of await eslint.lintFiles(['.'])) {
        const config = (await eslint.calculateConfigForFile(filePath)) as Linter.Config;
        complaints.set(
          filePath.slice(root.length + 1),
          messages.map((message) => complaint(message, config)),
        );
      }
    });
  });

  test('everything forbidden has a counter-example', () => {
    const forbidden = new Set([...configs.flatMap(forbiddenBy), unusedDirective]);
    expect([...forbidden].sort()).toEqual(Object.keys(counterExamples).sort());
  });

  test.each(Object.entries(counterExamples))('%s is caught, and nothing else', (name, [path]) => {
    expect(complaints.get(path)).toEqual([name]);
  });

  test.each(Object.keys(good))('%s is left alone', (path) => expect(complaints.get(path)).toEqual([]));
});
