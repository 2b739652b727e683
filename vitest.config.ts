import { defineConfig } from 'vitest/config'

// Tests run on source: this condition is the first entry of every package's export map.
const conditions = ['@interleave/source', 'module', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: 'forks',
    setupFiles: ['./test/setup/silent-console.ts'],
    projects: [
      {
        extends: true,
        // The limit only ends what hangs: a property test may share two cores with the e2e tests.
        test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          // Real servers have a command of their own: npm run test:servers.
          exclude: ['**/node_modules/**', 'test/performance/**', 'test/servers/**'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        // Against real servers, which it installs and starts.
        test: {
          name: 'servers',
          include: ['test/servers/**/*.test.ts'],
          globalSetup: ['./test/servers/start.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
})
