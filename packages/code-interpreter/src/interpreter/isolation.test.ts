import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { allowedTiers, isolationTiers } from './isolation.ts'

test.each([
  [{}, ['T3', 'T2']],
  [{ minimumIsolation: 'T3' }, ['T3']],
  [{ minimumIsolation: 'T1' }, ['T3', 'T2', 'T1']],
  [{ unsafe: true }, ['T3', 'T2', 'T1', 'T0']],
  [{ isolation: 'T3' }, ['T3']],
  [{ isolation: 'T1', minimumIsolation: 'T1' }, ['T1']],
  [{ isolation: 'T0', unsafe: true }, ['T0']],
] as const)('%j allows %j', (options, tiers) => {
  expect(allowedTiers(options)).toEqual(tiers)
})

test.each([
  [{ isolation: 'T0' }, 'needs `unsafe: true`'],
  [{ isolation: 'T0', minimumIsolation: 'T1' }, 'needs `unsafe: true`'],
  [{ isolation: 'T1' }, 'The tier T1 is weaker than minimumIsolation, T2.'],
  [{ isolation: 'T2', minimumIsolation: 'T3' }, 'The tier T2 is weaker than minimumIsolation, T3.'],
] as const)('%j is refused', (options, message) => {
  expect(() => allowedTiers(options)).toThrow(expect.objectContaining({ code: 'bad_option' }))
  expect(() => allowedTiers(options)).toThrow(message)
})

test('T0 is never allowed without `unsafe`, and what is allowed never lies below the minimum', () => {
  const safe = fc.record(
    { isolation: fc.constantFrom(...isolationTiers), minimumIsolation: fc.constantFrom('T3', 'T2', 'T1') },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(safe, (options) => {
      const { minimumIsolation = 'T2' } = options
      const tiers = ((): readonly string[] => {
        try {
          return allowedTiers(options)
        } catch {
          return []
        }
      })()
      const weakest = isolationTiers.indexOf(minimumIsolation)
      expect(isolationTiers.slice(weakest + 1).filter((tier) => tiers.includes(tier))).toEqual([])
    }),
  )
})
