import js from '@eslint/js'
import tseslint from 'typescript-eslint'

/** The arrows of docs/architecture.md: a folder may import only what it is given here. */
const arrow = (files, forbidden, why) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: [{ group: forbidden, message: why }] }],
  },
})

const tests = [
  '**/*.test.ts',
  '**/testing/**',
  '**/*.shared-tests.ts',
  'e2e/**',
  'tests/**',
  'bench/**',
  'scripts/**',
]

export default tseslint.config(
  {
    ignores: ['**/node_modules', '**/dist', '.cache', '.data', 'playwright-report', 'test-results'],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      'no-undef': 'off',
      'no-control-regex': 'off',
      eqeqeq: 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  arrow(['shared/src/**'], ['node:*', '@snowglobe/*'], 'shared is pure: no Node, nothing of ours.'),
  {
    ...arrow(
      ['worker/src/**'],
      ['node:*', '@snowglobe/backend/*', '@snowglobe/web/*', '**/browser/*', '**/node/*'],
      'worker is pure outside worker/src/browser and worker/src/node, and imports only shared.',
    ),
    ignores: ['worker/src/browser/**', 'worker/src/node/**'],
  },
  arrow(
    ['worker/src/browser/**'],
    ['node:*', '@snowglobe/backend/*', '@snowglobe/web/*', '**/node/*'],
    'The browser half of worker knows no Node and imports only shared and worker.',
  ),
  arrow(
    ['worker/src/node/**'],
    ['@snowglobe/backend/*', '@snowglobe/web/*', '**/browser/*'],
    'The Node half of worker imports only shared and worker.',
  ),
  arrow(
    ['backend/src/**'],
    ['@snowglobe/web/*', '@snowglobe/worker/browser/*'],
    'backend imports only worker (not its browser half) and shared.',
  ),
  {
    files: ['web/src/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['node:*', '@snowglobe/backend/*'],
              message: 'web knows no Node and no backend.',
            },
            {
              group: ['@snowglobe/worker/*'],
              allowTypeImports: true,
              message: 'web takes only types from worker: its code runs in workers.',
            },
          ],
        },
      ],
    },
  },
  {
    files: tests,
    rules: { 'no-restricted-imports': 'off', '@typescript-eslint/no-restricted-imports': 'off' },
  },
)
