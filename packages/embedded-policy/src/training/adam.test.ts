import { describe, expect, it } from 'vitest'
import { Adam } from './adam.ts'

const vector = (...values: number[]): Float64Array => Float64Array.from(values)

describe('Adam', () => {
  it('begins with a step of the learning rate against the sign of each slope, whatever its size', () => {
    const adam = new Adam(4, { learningRate: 0.1 })
    const [one = 0, two = 0, three = 0, still] = adam.apply(vector(1, 2, 3, 4), vector(50, -3000, 0.5, 0))
    expect(one).toBeCloseTo(0.9, 8)
    expect(two).toBeCloseTo(2.1, 8)
    expect(three).toBeCloseTo(2.9, 8)
    expect(still).toBe(4)
  })

  it('takes its second step by both moments, corrected for their start at zero', () => {
    const adam = new Adam(1, { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })
    const first = adam.apply(vector(1), vector(2))
    const [second = 0] = adam.apply(first, vector(-1))
    // m = 0.9 * 0.2 + 0.1 * -1 = 0.08, by 1 - 0.81; v = 0.999 * 0.004 + 0.001 * 1 = 0.004996, by 1 - 0.998001.
    const step = (0.1 * (0.08 / 0.19)) / (Math.sqrt(0.004996 / 0.001999) + 1e-8)
    expect(second).toBeCloseTo((first[0] ?? 0) - step, 12)
  })

  it('finds the bottom of a quadratic', () => {
    const adam = new Adam(2, { learningRate: 0.05 })
    let at = vector(5, -4)
    for (let step = 0; step < 2000; step += 1)
      at = adam.apply(at, vector(2 * ((at[0] ?? 0) - 1), 20 * ((at[1] ?? 0) - 2)))
    expect(at[0]).toBeCloseTo(1, 4)
    expect(at[1]).toBeCloseTo(2, 4)
  })

  it('leaves what it is given as it was', () => {
    const [parameters, gradient] = [vector(1), vector(2)]
    new Adam(1, { learningRate: 0.1 }).apply(parameters, gradient)
    expect([parameters, gradient]).toEqual([vector(1), vector(2)])
  })

  it('copies itself with its moments, and neither hears of the other after that', () => {
    const adam = new Adam(1, { learningRate: 0.1 })
    adam.apply(vector(1), vector(2))
    const copy = adam.copy()
    const next = copy.apply(vector(1), vector(-1))
    copy.apply(vector(1), vector(100))
    expect(adam.apply(vector(1), vector(-1))).toEqual(next)
    expect(new Adam(1, { learningRate: 0.1 }).apply(vector(1), vector(-1))).not.toEqual(next)
  })
})
