import { origin } from '#origin'
import { setImmediate } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'

console.info('while loading')

it('comes first', () => {})

it('is silent', () => {
  vi.restoreAllMocks()
})

it('prints', () => {
  console.warn('something', 42)
})

it('warns', async () => {
  process.emitWarning('too many listeners')
  await setImmediate()
})

it('runs on source', () => {
  expect(origin).toBe('source')
})

it.skip('waits', () => {})
