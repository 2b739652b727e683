import type { ToolSchema } from '@interleave/trajectory'
import type { Tool } from '../tool.ts'

/** A tool as a trajectory records it and as every dialect starts from: name, description, JSON Schema of the input. */
export function toToolSchema(tool: Pick<Tool, 'schema'>): ToolSchema {
  return tool.schema
}
