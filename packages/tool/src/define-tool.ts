import { InterleaveError, messageOf, type JsonObject, type ToolSchema } from '@interleave/trajectory'
import { z } from 'zod'
import { toolLimitsSchema } from './limits.ts'
import { toInputSchema, toOutputSchema } from './schema/input-schema.ts'
import type { Tool, ToolDefinition } from './tool.ts'

const namePattern = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * A tool out of its definition: checked, frozen, its schema converted once. Throws `bad_tool` where the name, a limit or a
 * schema cannot be used; a schema must be expressible as JSON Schema.
 */
export function defineTool<
  Input extends z.ZodObject,
  Value extends z.ZodType | undefined = undefined,
  State = undefined,
>(definition: ToolDefinition<Input, Value, State>): Tool<Input, Value, State> {
  const { description, input, limits, name, value } = definition
  if (!namePattern.test(name))
    refuse(name, 'a name has 1 to 64 letters, digits, underscores and hyphens, and nothing else.')
  if (!(input instanceof z.ZodObject)) refuse(name, '`input` must be a z.object({ ... }).')
  const checked = toolLimitsSchema.safeParse(limits ?? {})
  if (!checked.success)
    refuse(name, `limits.${checked.error.issues[0]?.path.join('.')}: ${checked.error.issues[0]?.message}.`)
  const schema: ToolSchema = {
    name,
    description,
    input: convert(name, 'input', () => toInputSchema(input)),
  }
  if (value !== undefined) convert(name, 'value', () => toOutputSchema(value))
  return Object.freeze({
    ...definition,
    ...(limits === undefined ? {} : { limits: Object.freeze({ ...limits }) }),
    schema: deepFreeze(schema),
  })
}

function refuse(name: string, reason: string, cause?: unknown): never {
  throw new InterleaveError('bad_tool', `Tool ${JSON.stringify(name)}: ${reason}`, { cause })
}

function convert(name: string, field: string, conversion: () => JsonObject): JsonObject {
  try {
    return conversion()
  } catch (error) {
    return refuse(name, `\`${field}\` cannot be expressed as JSON Schema: ${messageOf(error)}.`, error)
  }
}

function deepFreeze<Data extends object>(data: Data): Data {
  for (const value of Object.values(data)) if (typeof value === 'object' && value !== null) deepFreeze(value)
  return Object.freeze(data)
}
