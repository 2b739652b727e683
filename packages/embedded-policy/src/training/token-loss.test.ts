import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tokenLoss, type LossOptions, type TrainedToken } from './token-loss.ts'

const options: LossOptions = { clip: { low: 0.2, high: 0.4 }, kl: 0 }
const token = (change: Partial<TrainedToken> = {}): TrainedToken => {
  const usual = { advantage: 1, weight: 1, sampled: -2, reference: -2 }
  return { ...usual, ...change }
}
/** Log probability at which the ratio is this. */
const at = (ratio: number, { sampled }: TrainedToken = token()): number => sampled + Math.log(ratio)

describe('tokenLoss', () => {
  it('is minus the advantage where nothing has moved yet, with a slope of as much', () => {
    for (const advantage of [2, -3]) {
      const told = tokenLoss(token({ advantage }), -2, { ...options, kl: 0.5 })
      expect(told).toEqual({ loss: -advantage, slope: -advantage, kl: 0, clipped: false })
    }
  })

  it.each([
    // advantage, ratio, surrogate, clipped
    [1, 1.39, 1.39, false],
    [1, 1.41, 1.4, true],
    [1, 0.1, 0.1, false],
    [-1, 0.81, -0.81, false],
    [-1, 0.79, -0.8, true],
    [-1, 3, -3, false],
    [0, 3, 0, false],
  ])('with advantage %d at ratio %d counts %d, clipped: %s', (advantage, ratio, surrogate, clipped) => {
    const told = tokenLoss(token({ advantage }), at(ratio), options)
    expect(told.loss).toBeCloseTo(-surrogate, 12)
    expect(told.slope).toBeCloseTo(clipped ? 0 : -ratio * advantage, 12)
    expect(told.clipped).toBe(clipped)
  })

  it('weighs surrogate and KL alike', () => {
    const one = tokenLoss(token({ reference: -1 }), -1.8, { ...options, kl: 0.1 })
    const three = tokenLoss(token({ reference: -1, weight: 3 }), -1.8, { ...options, kl: 0.1 })
    expect(three.loss).toBeCloseTo(3 * one.loss, 12)
    expect(three.slope).toBeCloseTo(3 * one.slope, 12)
    expect(three.kl).toBe(one.kl)
  })

  it('keeps the KL where the surrogate is clipped', () => {
    const clipped = token({ reference: -3 })
    const told = tokenLoss(clipped, at(2), { ...options, kl: 0.1 })
    expect(told.clipped).toBe(true)
    expect(told.slope).toBeCloseTo(0.1 * (1 - Math.exp(-3 - at(2))), 12)
    expect(told.slope).toBeGreaterThan(0)
  })

  const logprob = fc.double({ min: -6, max: 0, noNaN: true })

  it('has a KL that is never negative, 0 at the start, and falls towards it', () => {
    fc.assert(
      fc.property(logprob, logprob, (reference, current) => {
        const told = tokenLoss(token({ advantage: 0, reference }), current, { ...options, kl: 1 })
        expect(told.kl).toBeGreaterThanOrEqual(-1e-12)
        expect(tokenLoss(token({ reference }), reference, options).kl).toBe(0)
        if (Math.abs(current - reference) < 1e-3) return
        expect(told.kl).toBeGreaterThan(0)
        expect(Math.sign(told.slope)).toBe(Math.sign(current - reference))
      }),
    )
  })

  it('has the KL as its mean under the policy', () => {
    const [policy, start] = [
      [0.7, 0.2, 0.1],
      [0.2, 0.3, 0.5],
    ]
    const kl = (policy ?? []).reduce((sum, p, index) => sum + p * Math.log(p / (start?.[index] ?? 1)), 0)
    const mean = (policy ?? []).reduce((sum, p, index) => {
      const reference = Math.log(start?.[index] ?? 1)
      return sum + p * tokenLoss(token({ reference }), Math.log(p), options).kl
    }, 0)
    expect(mean).toBeCloseTo(kl, 12)
  })

  it('has a slope that is the derivative of its loss', () => {
    const real = fc.double({ min: -3, max: 3, noNaN: true })
    fc.assert(
      fc.property(real, real, logprob, logprob, logprob, (advantage, weight, sampled, reference, current) => {
        const ratio = Math.exp(current - sampled)
        fc.pre(Math.abs(ratio - 0.8) > 1e-3 && Math.abs(ratio - 1.4) > 1e-3)
        const lossAt = (moved: number): number =>
          tokenLoss({ advantage, weight, sampled, reference }, moved, { ...options, kl: 0.3 }).loss
        const { slope } = tokenLoss({ advantage, weight, sampled, reference }, current, { ...options, kl: 0.3 })
        const step = 1e-5
        const measured = (lossAt(current + step) - lossAt(current - step)) / (2 * step)
        expect(Math.abs(measured - slope)).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)))
      }),
      { numRuns: 1000 },
    )
  })
})
