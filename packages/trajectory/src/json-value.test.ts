import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { jsonObjectSchema, jsonValueSchema } from './json-value.ts'
import { finiteNumbers, tokenIds } from './number-array.ts'

test('JSON values pass unchanged, as with the schema of zod itself', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      expect(jsonValueSchema.parse(value)).toBe(value)
    }),
  )
})

test('whatever JSON would lose or change is refused', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic
  for (const value of [
    undefined,
    Number.NaN,
    Infinity,
    1n,
    Symbol('x'),
    () => 1,
    new Date(0),
    new Map(),
    { a: undefined },
    [[new Set()]],
    cyclic,
  ])
    expect(jsonValueSchema.safeParse(value).success).toBe(false)
  for (const value of [[], 'a', 1, null, { a: Number.NaN }])
    expect(jsonObjectSchema.safeParse(value).success).toBe(false)
  expect(jsonObjectSchema.safeParse(JSON.parse('{"__proto__": 1}')).success).toBe(true)
})

test('token arrays accept exactly what a schema for each element does', () => {
  const each = { ids: z.array(z.int().nonnegative()).min(1), numbers: z.array(z.number()) }
  const whole = { ids: tokenIds({ minItems: 1, description: '' }), numbers: finiteNumbers({ description: '' }) }
  const element = fc.oneof(fc.nat(), fc.integer(), fc.double(), fc.constantFrom('1', null, undefined, 2 ** 53, -0))
  fc.assert(
    fc.property(fc.oneof(fc.array(element, { maxLength: 3 }), fc.anything()), (value) => {
      expect(whole.ids.safeParse(value).success).toBe(each.ids.safeParse(value).success)
      expect(whole.numbers.safeParse(value).success).toBe(each.numbers.safeParse(value).success)
    }),
    { numRuns: 1000 },
  )
  const sparse: number[] = [1]
  sparse[2] = 1
  expect(whole.ids.safeParse(sparse).error?.issues[0]?.message).toBe('element 1 is not one of token ids')
})

test('they are plain arrays in JSON Schema, wherever they stand', () => {
  const schema = z.object({
    tokens: tokenIds({ minItems: 1, description: 'Ids.' }).exactOptional(),
    any: jsonValueSchema,
  })
  expect(z.toJSONSchema(schema)).toMatchObject({
    properties: {
      tokens: { type: 'array', minItems: 1, description: 'Ids.', items: { type: 'integer', minimum: 0 } },
      any: {},
    },
  })
})
