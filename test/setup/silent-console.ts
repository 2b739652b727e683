import { afterAll, afterEach, expect } from 'vitest'

// Libraries do not print, and cause no warning of Node's (a leaked listener, a deprecated call). A test in which one
// does fails here, with what was printed; what is printed while a test file loads fails its first test.
const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'] as const
const printed: string[] = []

// By assignment, since a spy would end with any test's vi.restoreAllMocks().
for (const method of methods) {
  console[method] = (...words: unknown[]): void => {
    printed.push(`console.${method}: ${words.map(String).join(' ')}`)
  }
}
process.on('warning', (warning) => printed.push(`warning: ${warning.message}`))

function expectSilence(): void {
  expect(printed.splice(0)).toEqual([])
}

afterEach(expectSilence)
afterAll(expectSilence)
