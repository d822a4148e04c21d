import { describe, expect, test } from '@jest/globals';
import { cruise, type ICruiseResult, type IConfiguration } from 'dependency-cruiser';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { counterExamples, good } from './import-examples.js';
import { inTree, repository, type Files } from './tree.js';

const { default: config } = (await import(join(repository, 'test/architecture/import-rules.js'))) as {
  default: Required<Pick<IConfiguration, 'forbidden' | 'options'>>;
};

async function cruiseIn(baseDir: string): Promise<ICruiseResult> {
  const { forbidden, options } = config;
  const { output } = await cruise(
    ['apps', 'libs', 'test'],
    { ...options, baseDir, validate: true, ruleSet: { forbidden } },
    { ...options.enhancedResolveOptions },
  );
  if (typeof output === 'string') throw new Error('dependency-cruiser answered text');
  return output;
}

const brokenIn = (files: Files) =>
  inTree(files, async (root) => [
    ...new Set((await cruiseIn(root)).summary.violations.map(({ rule }) => rule.name)),
  ]);

describe('import rules', () => {
  test('every rule has a counter-example and says why', () => {
    expect(config.forbidden.map(({ name }) => name)).toEqual(Object.keys(counterExamples));
    for (const { comment } of config.forbidden) expect(comment).toMatch(/\. /);
  });

  test('a repository that keeps them is green', async () => expect(await brokenIn(good)).toEqual([]));

  for (const [rule, examples] of Object.entries(counterExamples)) {
    test.each(examples.map((files) => [Object.keys(files).join(', '), files] as const))(
      `${rule} catches %s, and nothing else does`,
      async (_, files) => expect(await brokenIn({ ...good, ...files })).toEqual([rule]),
    );
  }

  test('every # import of this repository leads to a source file', async () => {
    const { modules } = await cruiseIn(repository);
    const named = modules.flatMap((module) =>
      module.dependencies.filter((dependency) => dependency.module.startsWith('#')),
    );
    expect(named).not.toEqual([]);
    for (const { module, resolved } of named) {
      expect({ module, resolved }).toEqual({ module, resolved: expect.stringMatching(/^libs\/.*[.]ts$/) });
    }
  });

  test('every folder of libs that package.json names has both a source and a build', async () => {
    const { imports } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
      imports: object;
    };
    for (const [name, target] of Object.entries(imports)) {
      const folder = name.slice(1, -2);
      expect(target).toEqual({ source: `./libs/${folder}/*.ts`, default: `./dist/libs/${folder}/*.js` });
    }
  });
});
