import { expect, test } from 'vitest'
import { seededRandom } from './seeded-random.ts'

test('the same seed gives the same numbers, another seed others', () => {
  const take = (seed: number): number[] => Array.from({ length: 5 }, seededRandom(seed))
  expect(take(7)).toEqual(take(7))
  expect(new Set([...take(7), ...take(8), ...take(2 ** 32 - 1)]).size).toBe(15)
})

test('numbers lie in [0, 1) and fill it evenly', () => {
  const random = seededRandom(1)
  const counts = Array.from({ length: 10 }, () => 0)
  for (let draw = 0; draw < 100_000; draw += 1) {
    const number = random()
    expect(number >= 0 && number < 1).toBe(true)
    counts[Math.floor(number * 10)]! += 1
  }
  // Chi-square with 9 degrees of freedom: 33.7 is passed once in 10,000 seeds.
  expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(33.7)
})

test('neighbouring seeds have nothing to do with each other', () => {
  const firsts = Array.from({ length: 10_000 }, (_, seed) => seededRandom(seed)())
  const counts = Array.from({ length: 10 }, () => 0)
  for (const number of firsts) counts[Math.floor(number * 10)]! += 1
  expect(counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)).toBeLessThan(33.7)
  const mean = firsts.reduce((sum, number) => sum + number, 0) / firsts.length
  const products = firsts.slice(1).map((number, index) => (number - mean) * (firsts[index]! - mean))
  expect(Math.abs(products.reduce((sum, product) => sum + product, 0) / products.length) * 12).toBeLessThan(0.04)
})
