import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { contentHash } from './content-hash.ts'
import { deriveSeed } from './seed.ts'

test('seeds are those of every other version and machine', () => {
  expect(deriveSeed(0, 'rollout')).toBe(4147859085)
  expect(deriveSeed(7, 'turn', 3)).toBe(48075333)
  expect(deriveSeed(4294967295, 'tool', 'call-1')).toBe(3482329525)
})

test('a seed is the first 32 bits of the SHA-256 of its three parts', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string(), fc.nat(), (seed, purpose, index) => {
      const derived = deriveSeed(seed, purpose, index)
      expect(derived).toBe(Number(`0x${contentHash(`${seed}\n${purpose}\n${index}`).slice(0, 8)}`))
      expect(derived).toBe(derived >>> 0)
    }),
  )
})

test('neighbouring seeds share no value', () => {
  const derived = new Set<number>()
  for (const purpose of ['rollout', 'turn'])
    for (let seed = 0; seed < 20; seed += 1)
      for (let index = 0; index < 20; index += 1) derived.add(deriveSeed(seed, purpose, index))
  expect(derived.size).toBe(800)
})
