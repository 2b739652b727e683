import type { z } from 'zod'
import { checkedSchema } from './checked-schema.ts'

/** What JSON can hold. Free-form fields (`metadata`, `info`, `reference`, `value`) accept exactly this. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

/** A JSON object with free keys. */
export type JsonObject = { [key: string]: JsonValue }

const maxDepth = 500

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function problemOf(value: unknown, depth: number): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${value} has no form in JSON`
  if (typeof value !== 'object') return `a value of type ${typeof value} has no form in JSON`
  if (depth === maxDepth) return `nested more than ${maxDepth} deep`
  if (!Array.isArray(value) && !isPlainObject(value)) return 'expected plain JSON, not an instance of a class'
  for (const element of Array.isArray(value) ? value : Object.values(value)) {
    const problem = problemOf(element, depth + 1)
    if (problem !== undefined) return problem
  }
  return undefined
}

function objectProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected a JSON object'
  return problemOf(value, 0)
}

/** Accepts any JSON value up to 500 deep; refuses what a JSON line would lose, such as dates, functions or NaN. */
export const jsonValueSchema: z.ZodType<JsonValue> = checkedSchema((value) => problemOf(value, 0), {})

/** Accepts a JSON object with any keys, as `jsonValueSchema` does. */
export const jsonObjectSchema: z.ZodType<JsonObject> = checkedSchema(objectProblem, { type: 'object' })
