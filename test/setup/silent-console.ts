import { afterEach, beforeEach, expect, vi } from 'vitest'

// Libraries do not print. A test in which one does fails here, with what was printed.
const methods = ['log', 'info', 'warn', 'error', 'debug'] as const
let printed: string[] = []

beforeEach(() => {
  printed = []
  for (const method of methods) {
    vi.spyOn(console, method).mockImplementation((...words: unknown[]) => {
      printed.push(`console.${method}: ${words.map(String).join(' ')}`)
    })
  }
})

afterEach(() => {
  vi.restoreAllMocks()
  expect(printed).toEqual([])
})
