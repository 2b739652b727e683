import type { JsonValue, ToolSchema } from '@interleave/trajectory'
import { toOpenAiTool } from './openai-tool.ts'

/**
 * Tools as Hermes and Qwen prompts list them between `<tools>` and `</tools>`: the OpenAI object of each on a line of its
 * own, spaced as Python's `json.dumps` does it, because that is what those models were trained on.
 */
export function toHermesTools(tools: readonly ToolSchema[]): string {
  return tools.map((tool) => spaced(toOpenAiTool(tool) as unknown as JsonValue)).join('\n')
}

function spaced(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}: ${spaced(inner)}`)
    .join(', ')}}`
}
