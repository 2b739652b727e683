import type { Image, JsonValue } from '@interleave/trajectory'
import { createToolRunner } from '../runner/create-tool-runner.ts'
import type { Tool, ToolLimits } from '../tool.ts'
import type { CallResult } from '../tool-session.ts'

export interface CallToolOptions {
  /** The images that the task would bring. */
  readonly images?: readonly Image[]
  /** Default 1. */
  readonly seed?: number
  readonly limits?: ToolLimits
  readonly signal?: AbortSignal
}

/** The result of one call in a rollout of its own, which is released before this returns. For tests and the command line. */
export async function callTool(tool: Tool, input: JsonValue, options: CallToolOptions = {}): Promise<CallResult> {
  const { images = [], limits, seed = 1, signal = new AbortController().signal } = options
  const runner = createToolRunner({ tools: [limits === undefined ? tool : { ...tool, limits }] })
  await using session = runner.open({ id: 'rollout', seed, signal, images })
  return await session.call({ id: 'call', tool: tool.name, raw: JSON.stringify(input), input })
}
