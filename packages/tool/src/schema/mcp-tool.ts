import type { JsonObject } from '@interleave/trajectory'
import type { Tool } from '../tool.ts'
import { toOutputSchema } from './input-schema.ts'

/** A tool as an MCP server lists it. */
export interface McpTool {
  name: string
  description: string
  inputSchema: JsonObject
  outputSchema?: JsonObject
}

/** A tool in MCP's form. `outputSchema` is there when the tool declares a `value` that is an object, all that MCP allows. */
export function toMcpTool(tool: Tool): McpTool {
  const { description, input, name } = tool.schema
  const listed: McpTool = { name, description, inputSchema: input }
  const output = tool.value === undefined ? undefined : toOutputSchema(tool.value)
  if (output?.['type'] === 'object') listed.outputSchema = output
  return listed
}
