import { FaultError, type JsonValue } from '@interleave/trajectory'
import { z } from 'zod'
import type { CallImages } from '../image-registry.ts'
import type { Tool, ToolLimits } from '../tool.ts'
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
  const parsed = tool.value.safeParse(value)
  if (parsed.success) return { ...read, value: parsed.data as JsonValue }
  const reason = z.prettifyError(parsed.error)
  throw new FaultError('tool', 'bad_value', `The \`value\` of ${tool.name} fails its schema: ${reason}`)
}
