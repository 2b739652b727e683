import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { defineVerifier } from './define-verifier.ts'
import type { WeightedVerifier } from './run-verifiers.ts'
import type { Verifier } from './verifier.ts'

const length = defineVerifier({
  name: 'length',
  version: '1',
  reference: z.strictObject({ words: z.number().transform((words) => BigInt(words)) }),
  verify({ text }, reference) {
    expectTypeOf(reference).toEqualTypeOf<{ words: bigint }>()
    const right = BigInt(text.split(' ').length) === reference.words
    return { status: 'scored', score: right ? 1 : 0, explanation: 'counted' }
  },
  examples: (reference) => ({ accept: 'a '.repeat(Number(reference.words)).trim(), reject: '' }),
})

describe('defineVerifier', () => {
  test('freezes what it is given', () => {
    expect(Object.isFrozen(length)).toBe(true)
    expect(length.name).toBe('length')
  })

  test.each(['', 'Exact', 'two words', '-x', 'x-', 'x--y', '1x', 'ünicode'])('refuses the name %j', (name) => {
    expect(() => defineVerifier({ ...length, name })).toThrow(/is no name for a verifier/)
  })

  test.each(['x', 'exact-match', 'vstar/official', 'math_verify.v2'])('takes the name %j', (name) => {
    expect(defineVerifier({ ...length, name }).name).toBe(name)
  })

  test('refuses an empty version', () => {
    expect(() => defineVerifier({ ...length, version: '' })).toThrow(/needs a version/)
  })

  test('types: wrong verdicts do not compile, verifiers of any reference fit one list', () => {
    const shared = { name: 'x', version: '1', reference: z.string() }
    // @ts-expect-error a score needs a number
    defineVerifier({ ...shared, verify: () => ({ status: 'scored', explanation: '' }) })
    // @ts-expect-error a verdict needs an explanation
    defineVerifier({ ...shared, verify: () => ({ status: 'scored', score: 1 }) })
    // @ts-expect-error the reference is a string
    defineVerifier({ ...shared, verify: (_, r) => ({ status: 'scored', score: r.words, explanation: '' }) })
    expectTypeOf(length).toExtend<Verifier>()
    expectTypeOf<{ verifier: typeof length }>().toExtend<WeightedVerifier>()
  })
})
