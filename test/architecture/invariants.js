import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const repository = join(import.meta.dirname, '../..');

/** The invariants of the domain: what each means in one line, and the issue and the context with which it is due. */
export const invariants = JSON.parse(readFileSync(join(repository, 'test/fixtures/invariants.json'), 'utf8'));

/** The names of the tests in a spec, and of what groups them: calls with a text first and a function after it. */
export function testNamesIn(text) {
  const names = [];
  const visit = (node) => {
    if (ts.isCallExpression(node)) {
      const [name, body] = node.arguments;
      const isTest = body && (ts.isArrowFunction(body) || ts.isFunctionExpression(body));
      if (isTest && ts.isStringLiteralLike(name)) names.push(name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('a.spec.ts', text, ts.ScriptTarget.Latest));
  return names;
}

/** Whether a test's name says this id: `AGR-7` is not said by `AGR-7.2`, nor `R1` by `R10`. */
export const says = (name, id) =>
  new RegExp(`(?<![\\w.-])${id.replaceAll('.', '[.]')}(?!\\w|[.-]\\d)`).test(name);

/** The names of every test of the repository. */
export function testNames() {
  const specs = ['apps', 'libs', 'test'].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.spec.ts'))
      .map((path) => join(repository, folder, path)),
  );
  return specs.flatMap((path) => testNamesIn(readFileSync(path, 'utf8')));
}

/** The invariants that no test's name says. */
export const untested = (all, names) => all.filter(({ id }) => !names.some((name) => says(name, id)));

function print() {
  const names = testNames();
  const missing = new Set(untested(invariants, names).map(({ id }) => id));
  const lineOf = ({ id, issue, context, means }) =>
    `  ${id.padEnd(9)} ${issue} ${context.padEnd(9)} ${means}`;
  const show = (title, some) => console.log([`${title}: ${some.length}`, ...some.map(lineOf), ''].join('\n'));
  show(
    'With a test',
    invariants.filter(({ id }) => !missing.has(id)),
  );
  show(
    'Without one (id, issue and context with which it is due)',
    invariants.filter(({ id }) => missing.has(id)),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) print();
