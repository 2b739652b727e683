import { readdirSync } from 'node:fs'
import { defineConfig, type OxlintOverride } from 'oxlint'

// The arrows of the design: what each package may import. A package's own row of dependencies, nothing above it.
// Written down here, and not read from the manifests, so that a new dependency does not change the design in silence:
// test/lint/arrows.test.ts says where the two differ.
export const arrows: Record<string, string[]> = {
  trajectory: [],
  tool: ['trajectory'],
  verifier: ['trajectory'],
  policy: ['trajectory'],
  'chat-template': ['trajectory'],
  axpo: ['trajectory'],
  'code-interpreter': ['trajectory', 'tool'],
  'image-zoom': ['trajectory', 'tool'],
  'embedded-policy': ['trajectory', 'policy', 'chat-template'],
  environment: ['trajectory', 'tool', 'verifier', 'policy', 'chat-template'],
  cli: [
    'trajectory',
    'tool',
    'verifier',
    'policy',
    'chat-template',
    'axpo',
    'code-interpreter',
    'image-zoom',
    'embedded-policy',
    'environment',
  ],
}

const names = (allowed: string[]): string =>
  allowed.length === 0 ? 'nothing of this project' : allowed.map((name) => `@interleave/${name}`).join(', ')

const packages = readdirSync(new URL('packages', import.meta.url))

const arrowRules = Object.entries(arrows).map(([name, allowed]): OxlintOverride => ({
  files: [`packages/${name}/src/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...packages
            .filter((other) => other !== name && !allowed.includes(other))
            .map((other) => ({
              regex: `^@interleave/${other}(/|$)`,
              message: `Arrows point down: @interleave/${name} may import ${names(allowed)}.`,
            })),
          { regex: '^(\\.\\./)+[^/]+/(src|dist)/', message: 'Import another package by its name, not by its path.' },
        ],
      },
    ],
  },
}))

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  ignorePatterns: ['.ci/setup.cjs', '**/dist/**', '**/node_modules/**'],
  rules: {
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'no-console': 'error',
    // Waiting for one thing before the next is what a rollout is.
    'no-await-in-loop': 'off',
    // A changed copy is how plain objects change here.
    'oxc/no-map-spread': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'no-shadow': 'off',
    'import/no-unassigned-import': 'off',
    'typescript/no-empty-object-type': 'off',
  },
  overrides: [
    ...arrowRules,
    { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off' } },
    { files: ['packages/cli/src/**/*.ts', 'examples/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
  ],
})
