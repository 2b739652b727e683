import type { z } from 'zod'
import { checkedSchema } from './checked-schema.ts'

function arrayProblem(fits: (element: unknown) => boolean, expected: string, minItems: number) {
  return (value: unknown): string | undefined => {
    if (!Array.isArray(value)) return `expected an array of ${expected}`
    if (value.length < minItems) return `expected at least ${minItems} of ${expected}`
    // Not `every`, which passes over holes.
    for (let index = 0; index < value.length; index += 1)
      if (!fits(value[index])) return `element ${index} is not one of ${expected}`
    return undefined
  }
}

const isTokenId = (element: unknown): boolean => Number.isSafeInteger(element) && (element as number) >= 0

/** An array of token ids. */
export function tokenIds(options: { minItems: number; description: string }): z.ZodType<number[]> {
  const items = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }
  return checkedSchema(arrayProblem(isTokenId, 'token ids', options.minItems), { type: 'array', items, ...options })
}

/** An array of finite numbers. */
export function finiteNumbers(options: { description: string }): z.ZodType<number[]> {
  const problem = arrayProblem(Number.isFinite, 'finite numbers', 0)
  return checkedSchema(problem, { type: 'array', items: { type: 'number' }, ...options })
}
