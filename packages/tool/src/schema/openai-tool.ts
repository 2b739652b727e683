import type { JsonObject, ToolSchema } from '@interleave/trajectory'

/** A tool in the form of OpenAI's chat completions, which vLLM, SGLang and most servers take. */
export interface OpenAiTool {
  type: 'function'
  function: { name: string; description: string; parameters: JsonObject; strict?: true }
}

export function toOpenAiTool({ name, description, input }: ToolSchema): OpenAiTool {
  return { type: 'function', function: { name, description, parameters: input } }
}
