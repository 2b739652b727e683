import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { combineScores } from './combine-scores.ts'

describe('combineScores', () => {
  test.each([
    [[], null],
    [[{ score: 1, weight: 0 }], null],
    [[{ score: 0.5, weight: 3 }], 0.5],
    [
      [
        { score: 1, weight: 0.8 },
        { score: 0, weight: 0.2 },
      ],
      0.8,
    ],
    [
      [
        { score: 1, weight: 1 },
        { score: null, weight: 0 },
      ],
      1,
    ],
    [
      [
        { score: 1, weight: 1 },
        { score: null, weight: 0.01 },
      ],
      null,
    ],
  ])('%j', (scores, reward) => {
    expect(combineScores(scores)).toBe(reward)
  })

  test('is exactly 1 where all that counts is 1, exactly 0 where it is 0, and between otherwise', () => {
    const weight = fc.double({ min: 0.001, max: 1000, noNaN: true })
    const part = fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }), weight })
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        expect(combineScores(parts.map(({ weight }) => ({ score: 1, weight })))).toBe(1)
        expect(combineScores(parts.map(({ weight }) => ({ score: 0, weight })))).toBe(0)
        const reward = combineScores(parts)
        expect(reward).toBeGreaterThanOrEqual(0)
        expect(reward).toBeLessThanOrEqual(1 + 1e-12)
      }),
    )
  })
})
