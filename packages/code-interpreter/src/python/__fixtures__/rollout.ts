import { createToolRunner, type Tool, type ToolSession } from '@interleave/tool'
import type { Image, ToolOutcome } from '@interleave/trajectory'

export interface RolloutOptions {
  readonly seed?: number
  readonly images?: readonly Image[]
  readonly signal?: AbortSignal
}

/** A rollout that one can talk to in code. */
export interface Rollout extends AsyncDisposable {
  readonly session: ToolSession
  /** What the model sees of a call: text, and images by size and hash. An error begins with its code. */
  say(code: string, timeout?: number): Promise<string>
  call(code: string, timeout?: number): Promise<ToolOutcome>
  callOther(tool: string, input: Record<string, string>): Promise<ToolOutcome>
  branch(options?: RolloutOptions): Promise<Rollout>
}

const settings = ({ seed = 7, images, signal = new AbortController().signal }: RolloutOptions) => ({
  id: 'rollout',
  seed,
  signal,
  ...(images !== undefined && { images }),
})

/** Opens a rollout of the tool `python`, and of others beside it. */
export function openRollout(tools: readonly Tool[], options: RolloutOptions = {}): Rollout {
  return around(createToolRunner({ tools }).open(settings(options)))
}

function around(session: ToolSession): Rollout {
  const callOther: Rollout['callOther'] = async (tool, input) =>
    (await session.call({ id: 'call', tool, raw: JSON.stringify(input), input })).outcome
  const call: Rollout['call'] = async (code, timeout) => {
    const input = { code, ...(timeout !== undefined && { timeout }) }
    return (await session.call({ id: 'call', tool: 'python', raw: JSON.stringify(input), input })).outcome
  }
  return {
    session,
    call,
    callOther,
    say: async (code, timeout) => textOf(await call(code, timeout)),
    branch: async (options = {}) => around(await session.fork(settings(options))),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

function textOf({ content, error }: ToolOutcome): string {
  const parts = content.map((part) =>
    part.type === 'text' ? part.text : `<${part.width}x${part.height} ${part.hash.slice(-12)}>`,
  )
  return (error === undefined ? parts : [`${error.code}: ${error.message}\n`, ...parts]).join('')
}
