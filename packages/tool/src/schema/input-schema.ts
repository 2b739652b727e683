import type { JsonObject, JsonValue } from '@interleave/trajectory'
import { z } from 'zod'

/**
 * The JSON Schema (draft 2020-12) of what may be written into a zod schema: defaulted keys optional, no `$schema`, and
 * `additionalProperties: false` on every object that does not say otherwise. Throws where JSON Schema has no words for it,
 * such as a date.
 */
export function toInputSchema(schema: z.ZodType): JsonObject {
  return toJsonSchema(schema, 'input')
}

/** The same for what comes out of a zod schema. */
export function toOutputSchema(schema: z.ZodType): JsonObject {
  return toJsonSchema(schema, 'output')
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _, ...converted } = z.toJSONSchema(schema, { io }) as JsonObject
  return closeObjects(converted) as JsonObject
}

function closeObjects(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(closeObjects)
  if (typeof schema !== 'object' || schema === null) return schema
  const closed: JsonObject = {}
  for (const [keyword, value] of Object.entries(schema)) {
    // The range of safe integers, which zod writes for every integer: noise to a model.
    if (keyword === 'minimum' && value === Number.MIN_SAFE_INTEGER) continue
    if (keyword === 'maximum' && value === Number.MAX_SAFE_INTEGER) continue
    if (keyword === 'properties' || keyword === '$defs')
      closed[keyword] = Object.fromEntries(
        Object.entries(value as JsonObject).map(([name, inner]) => [name, closeObjects(inner)]),
      )
    // Data, not schemas; and the branches of an intersection would contradict each other if each were closed.
    else if (['const', 'enum', 'default', 'examples', 'required', 'allOf'].includes(keyword)) closed[keyword] = value
    else closed[keyword] = closeObjects(value)
  }
  if (closed['type'] === 'object') closed['additionalProperties'] ??= false
  return closed
}
