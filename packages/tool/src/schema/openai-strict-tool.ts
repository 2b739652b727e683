import { InterleaveError, type JsonObject, type JsonValue, type ToolSchema } from '@interleave/trajectory'
import { isObject, subschemas } from './json-schema.ts'
import type { OpenAiTool } from './openai-tool.ts'

/**
 * A tool in OpenAI's strict form: every key required, an optional one nullable instead, no defaults. Pass what the model
 * writes through `removeStrictNulls` before it is parsed. Throws `not_strict` for what the strict form has no words for,
 * such as objects with free keys.
 */
export function toOpenAiStrictTool({ name, description, input }: ToolSchema): OpenAiTool {
  const parameters = strict(input, name, 'input') as JsonObject
  return { type: 'function', function: { name, description, strict: true, parameters } }
}

function strict(schema: JsonValue, tool: string, path: string): JsonValue {
  if (!isObject(schema)) return schema
  const refuse = (what: string): never => {
    throw new InterleaveError(
      'not_strict',
      `Tool "${tool}", ${path}: the strict form has no ${what}; change the schema or use toOpenAiTool.`,
    )
  }
  if ('allOf' in schema) refuse('intersections')
  if ('prefixItems' in schema) refuse('tuples')
  if (schema['type'] === 'object' && schema['additionalProperties'] !== false) refuse('objects with free keys')
  const { default: _default, oneOf, ...rest } = schema
  // The strict form has anyOf alone; zod's discriminated unions come as oneOf, whose branches exclude each other anyway.
  const closed = subschemas(oneOf === undefined ? rest : { ...rest, anyOf: oneOf }, (inner, at) =>
    strict(inner, tool, `${path}.${at}`),
  )
  const { properties } = closed
  if (!isObject(properties)) return closed
  const required = new Set(closed['required'] as string[] | undefined)
  closed['properties'] = Object.fromEntries(
    Object.entries(properties).map(([key, inner]) => [key, required.has(key) ? inner : nullable(inner)]),
  )
  closed['required'] = Object.keys(properties)
  return closed
}

function nullable(schema: JsonValue): JsonValue {
  if (!isObject(schema)) return schema
  const { description, ...rest } = schema
  const about = description === undefined ? {} : { description }
  if (Array.isArray(rest['anyOf'])) return { ...schema, anyOf: withNull(rest['anyOf'], { type: 'null' }) }
  // A null beside an enum or a constant would have to stand in the list as well; two branches say it in every case.
  if (rest['type'] === undefined || 'enum' in rest || 'const' in rest)
    return { ...about, anyOf: [rest, { type: 'null' }] }
  const types = Array.isArray(rest['type']) ? rest['type'] : [rest['type']]
  return { ...schema, type: withNull(types, 'null') }
}

function withNull(list: JsonValue[], none: JsonValue): JsonValue[] {
  return list.some((entry) => JSON.stringify(entry) === JSON.stringify(none)) ? list : [...list, none]
}
