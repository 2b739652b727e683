import { isInterleaveError } from '@interleave/trajectory'
import { expectCheck, skipCheck, type Check } from '@interleave/trajectory/testing'
import { toHermesTools } from '../schema/hermes-tools.ts'
import { toMcpTool } from '../schema/mcp-tool.ts'
import { toOpenAiStrictTool } from '../schema/openai-strict-tool.ts'
import { toOpenAiTool } from '../schema/openai-tool.ts'
import { toToolSchema } from '../schema/to-tool-schema.ts'
import type { Subject } from './subject.ts'

export function schemaChecks({ examples, tool }: Subject): Check[] {
  return [
    {
      name: 'the schema converts for OpenAI, Hermes and MCP, and says what the tool is for',
      run() {
        const schema = toToolSchema(tool)
        expectCheck(
          schema.description.trim() !== '',
          'the description is empty: the model sees nothing else of the tool',
        )
        expectCheck(toOpenAiTool(schema).function.name === tool.name, 'the OpenAI form has another name')
        expectCheck(toMcpTool(tool).inputSchema['type'] === 'object', 'the MCP form is not an object')
        const lines = toHermesTools([schema]).split('\n')
        expectCheck(lines.length === 1, 'the Hermes form is not one line')
        JSON.parse(lines[0] ?? '')
      },
    },
    {
      name: 'the schema converts for OpenAI strict',
      run() {
        try {
          toOpenAiStrictTool(toToolSchema(tool))
        } catch (error) {
          if (isInterleaveError(error, 'not_strict')) skipCheck(error.message)
          throw error
        }
      },
    },
    {
      name: 'the examples fit the schema',
      run() {
        expectCheck(examples.length > 0, 'give at least one example input')
        for (const [number, input] of examples.entries()) {
          const parsed = tool.input.safeParse(input)
          expectCheck(parsed.success, `example ${number} does not parse: ${parsed.error?.message}`)
        }
      },
    },
  ]
}
