import tseslint from 'typescript-eslint';
import { engines } from './test/architecture/layout.js';

// Every rule is on by hand, and test/architecture/lint.spec.ts holds a file that breaks it. No preset, so nothing is on unproven.

const specs = ['**/*.spec.ts'];
const engineFolders = engines.map((engine) => `libs/${engine}/**`);

const house = [
  {
    selector: 'TSEnumDeclaration',
    message: 'An enum is code that types do not erase to. Use a zod enum or a union.',
  },
  { selector: 'ExportAllDeclaration', message: 'A barrel. Import from the file itself.' },
];

const impure = {
  globals: ['process', 'performance', 'crypto', 'fetch', 'setTimeout', 'setInterval', 'setImmediate'].map(
    (name) => ({
      name,
      message: 'A rule sees no clock, no randomness and no I/O. Let the value arrive in the command.',
    }),
  ),
  properties: [
    { object: 'Date', property: 'now', message: 'A rule sees no clock. Use the instant that it was given.' },
    {
      object: 'Temporal',
      property: 'Now',
      message: 'A rule sees no clock. Use the instant that it was given.',
    },
    {
      object: 'Math',
      property: 'random',
      message: 'A rule gives the same answer for ever. Use newId of Deciding.',
    },
  ],
  syntax: [
    {
      selector: ':matches(NewExpression[arguments.length=0], CallExpression)[callee.name="Date"]',
      message: 'A rule sees no clock. Use the instant that it was given.',
    },
  ],
};

export default [
  { ignores: ['dist/', 'coverage/', '.fourstar/'] },
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-namespace': 'error',
      // `_` is the name of what has to be taken and is not wanted: `const { lineItems: _, ...agreed } = drafted`.
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_$' }],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      'no-restricted-syntax': ['error', ...house],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
    },
  },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: specs,
    rules: {
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['libs/**/*.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    // The kernel, the contexts with their tables, and the registry.
    files: ['libs/**/*.ts'],
    ignores: [...engineFolders, ...specs],
    rules: {
      'no-restricted-globals': ['error', ...impure.globals],
      'no-restricted-properties': ['error', ...impure.properties],
      'no-restricted-syntax': ['error', ...house, ...impure.syntax],
    },
  },
  {
    // The contexts: what they say is checked by the compiler, never asserted past it. The kernel brands its types with `as`.
    files: ['libs/**/*.ts'],
    ignores: ['libs/kernel/**', ...engineFolders, ...specs],
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  {
    files: specs,
    rules: {
      'no-restricted-syntax': [
        'error',
        ...house,
        {
          // `(isRoot ? it : it.skip)('…')` stays possible: it says when.
          selector:
            ':matches(CallExpression, MemberExpression) > MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(only|skip|todo)$/]',
          message: 'A test that is left out is green for no reason. Run it or delete it.',
        },
      ],
    },
  },
];
