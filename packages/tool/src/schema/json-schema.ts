import type { JsonObject, JsonValue } from '@interleave/trajectory'

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A copy of a schema whose direct subschemas went through `change`. */
export function subschemas(schema: JsonObject, change: (inner: JsonValue, at: string) => JsonValue): JsonObject {
  const changed: JsonObject = { ...schema }
  for (const keyword of ['properties', '$defs'])
    if (isObject(schema[keyword]))
      changed[keyword] = Object.fromEntries(
        Object.entries(schema[keyword]).map(([name, inner]) => [name, change(inner, name)]),
      )
  for (const keyword of ['items', 'additionalProperties'])
    if (isObject(schema[keyword])) changed[keyword] = change(schema[keyword], keyword)
  for (const keyword of ['anyOf', 'oneOf', 'prefixItems']) {
    const branches = schema[keyword]
    if (Array.isArray(branches)) changed[keyword] = branches.map((inner, index) => change(inner, `${keyword}.${index}`))
  }
  return changed
}

/** The schema that a local reference such as `#` or `#/$defs/name` stands for; the schema itself when it is none. */
export function resolveReference(schema: JsonValue | undefined, root: JsonObject): JsonObject {
  if (!isObject(schema)) return {}
  const reference = schema['$ref']
  if (typeof reference !== 'string') return schema
  if (reference === '#') return root
  const definitions = root['$defs']
  const name = reference.replace(/^#\/\$defs\//, '')
  const found = isObject(definitions) ? definitions[name] : undefined
  return isObject(found) ? found : {}
}

/** Whether null may stand where this schema does. */
export function allowsNull(schema: JsonObject, root: JsonObject): boolean {
  const { anyOf, enum: values, oneOf, type } = schema
  if (Array.isArray(type) ? type.includes('null') : type === 'null') return true
  if (Array.isArray(values) && values.includes(null)) return true
  const branches = [anyOf, oneOf].filter(Array.isArray).flat() as JsonValue[]
  if (branches.length > 0) return branches.some((branch) => allowsNull(resolveReference(branch, root), root))
  return type === undefined && !('const' in schema) && values === undefined && schema['$ref'] === undefined
}
