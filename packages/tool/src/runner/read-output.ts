import { FaultError, jsonValueSchema, type JsonValue } from '@interleave/trajectory'
import { z } from 'zod'
import type { CallImages } from '../image-registry.ts'
import type { Tool, ToolLimits } from '../tool.ts'
import { toFault } from './fault.ts'
import { badOutput, readContent, type ReadContent } from './read-content.ts'

/** Checks what a tool returned, cuts its text to size and adds its images. Throws a fault for what no tool may return. */
export function readOutput(
  tool: Tool,
  output: unknown,
  images: CallImages,
  limits: Required<ToolLimits>,
): ReadContent & { value?: JsonValue } {
  if (typeof output === 'string') {
    if (tool.value !== undefined) throw badOutput(tool, 'returned text alone although it declares a `value`')
    return readContent(tool, output, images, limits)
  }
  if (typeof output !== 'object' || output === null || !('content' in output))
    throw badOutput(tool, 'must return a string or { content }')
  const read = readContent(tool, output.content, images, limits)
  const value = 'value' in output ? output.value : undefined
  if (tool.value === undefined) {
    if (value !== undefined) throw badOutput(tool, 'returned a `value` but declares no schema for one')
    return read
  }
  const parsed = readValue(tool, tool.value, value)
  return parsed === undefined ? read : { ...read, value: parsed }
}

function readValue(tool: Tool, schema: z.ZodType, value: unknown): JsonValue | undefined {
  try {
    const parsed = schema.safeParse(value)
    if (!parsed.success) throw badValue(tool, 'fails its schema', parsed.error)
    if (parsed.data === undefined) return undefined
    // A schema such as z.unknown() lets pass what no trajectory can hold.
    const json = jsonValueSchema.safeParse(parsed.data)
    if (!json.success) throw badValue(tool, 'is not plain JSON', json.error)
    return json.data
  } catch (error) {
    throw toFault('tool', 'bad_value', `The \`value\` of ${tool.name} could not be checked`, error)
  }
}

function badValue(tool: Tool, what: string, error: z.ZodError): FaultError {
  return new FaultError('tool', 'bad_value', `The \`value\` of ${tool.name} ${what}: ${z.prettifyError(error)}`)
}
