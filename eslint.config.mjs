import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What the interpreter cannot run, or pays for in RAM, told while it is typed; the gate tells the rest. */
const subset = [
  ['ObjectPattern, ArrayPattern', 'Espruino has no destructuring: read the properties one by one.'],
  ['SpreadElement', 'Espruino has no spread: use concat() or Object.assign().'],
  ['RestElement', 'Espruino has no rest parameters: pass an array.'],
  ['AssignmentPattern', 'Espruino has no default values: test for undefined in the body.'],
  [
    'ClassDeclaration, ClassExpression',
    'A class costs seven times the RAM of one step function over a flat state.',
  ],
  ['[async=true], AwaitExpression', 'Espruino has no async functions: pass a callback or an effect.'],
  ['[generator=true], YieldExpression', 'Espruino has no generators.'],
  ['ChainExpression', 'TypeScript turns ?. into temporary variables: test with && or if.'],
  ['LabeledStatement', 'Espruino has no labels: move the loops into a function that returns.'],
  ['TaggedTemplateExpression', 'Espruino has no tagged templates: call the function.'],
  ['PrivateIdentifier', 'Espruino has no #names.'],
  ['Property[computed=true]', 'Espruino has no computed keys: assign o[key] afterwards.'],
  ['BinaryExpression[operator="**"]', 'Espruino has no **, and Math.pow() is inexact: multiply, or shift 1.'],
  [
    'AssignmentExpression[operator=/^(\\*\\*|&&|\\|\\||\\?\\?)=$/]',
    'Espruino lacks this operator: write it out.',
  ],
  ['ImportExpression', 'The bundle is one file: import statically.'],
  ['TSEnumDeclaration[const=false]', 'An enum is an object in RAM: a const enum is numbers in the code.'],
  [
    'AssignmentExpression[left.property.name="length"]',
    'Assigning to length throws on Espruino: splice() or a new array.',
  ],
  ['Literal[bigint]', 'Espruino has no bigint.'],
].map(([selector, message]) => ({ selector, message }));

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mjs'],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: {
        project: [
          'tsconfig.node.json',
          'tsconfig.device.json',
          'tsconfig.dashboard.json',
          'tsconfig.dashboard-tests.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['shared/**/*.ts', 'device/**/*.ts'],
    ignores: ['**/*.d.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...subset],
      // A property of `any` is a name that the build cannot know: it would be shortened although the runtime owns it.
      '@typescript-eslint/no-unsafe-member-access': 'error',
      // The board's modules are objects of the interpreter, had by calling require().
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
  {
    // The globals of the board are declared as they are, whatever style would like.
    files: ['device/espruino.d.ts'],
    rules: {
      'no-var': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
      '@typescript-eslint/no-empty-object-type': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-function-type': 'off',
      '@typescript-eslint/no-wrapper-object-types': 'off',
      '@typescript-eslint/no-redeclare': 'off',
    },
  },
);
