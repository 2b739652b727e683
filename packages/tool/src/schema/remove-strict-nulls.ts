import type { JsonObject, JsonValue, ToolSchema } from '@interleave/trajectory'
import { allowsNull, isObject, resolveReference } from './json-schema.ts'

/**
 * What a model wrote under the strict form as the tool's own schema expects it: nulls go where the key was optional and
 * null is no value of its own; every other null stays. The input is not changed.
 */
export function removeStrictNulls({ input }: ToolSchema, written: JsonValue): JsonValue {
  return clean(written, input, input)
}

function clean(value: JsonValue, reference: JsonValue | undefined, root: JsonObject): JsonValue {
  const schema = branchOf(resolveReference(reference, root), value, root)
  if (Array.isArray(value)) return value.map((element) => clean(element, schema['items'], root))
  const { properties } = schema
  if (!isObject(value) || !isObject(properties)) return value
  const required = new Set(schema['required'] as string[] | undefined)
  const kept = Object.entries(value).filter(
    ([key, inner]) =>
      inner !== null ||
      required.has(key) ||
      !Object.hasOwn(properties, key) ||
      allowsNull(resolveReference(properties[key], root), root),
  )
  return Object.fromEntries(
    kept.map(([key, inner]) => [key, clean(inner, Object.hasOwn(properties, key) ? properties[key] : undefined, root)]),
  )
}

// Of a union, the first branch whose kind and constants suit the value.
function branchOf(schema: JsonObject, value: JsonValue, root: JsonObject): JsonObject {
  const branches = schema['anyOf'] ?? schema['oneOf']
  if (!Array.isArray(branches)) return schema
  const suits = (branch: JsonObject): boolean => {
    if (Array.isArray(value)) return branch['type'] === 'array'
    if (!isObject(value) || !isObject(branch['properties'])) return false
    return Object.entries(branch['properties']).every(
      ([key, inner]) => !isObject(inner) || !('const' in inner) || inner['const'] === value[key],
    )
  }
  return branches.map((branch) => branchOf(resolveReference(branch, root), value, root)).find(suits) ?? {}
}
