import { createToolRunner, type CallResult, type Tool, type ToolSession } from '@interleave/tool'

/** A rollout as the engine would hold it, with code to run in place of a model. */
export class Rollout implements AsyncDisposable {
  readonly #tool: string
  readonly #session: ToolSession

  constructor(tool: string, session: ToolSession) {
    this.#tool = tool
    this.#session = session
  }

  /** Runs code. Throws where it fails: what does not work is not measured. */
  async call(code: string): Promise<CallResult> {
    const input = { code }
    const result = await this.#session.call({ id: 'call', tool: this.#tool, raw: JSON.stringify(input), input })
    if (result.outcome.status === 'ok') return result
    throw new Error(`The call failed: ${result.outcome.error?.message ?? result.outcome.status}`)
  }

  /** Runs code and returns the first text that the model would see. */
  async say(code: string): Promise<string> {
    const [part] = (await this.call(code)).outcome.content
    return part?.type === 'text' ? part.text : ''
  }

  async fork(): Promise<Rollout> {
    return new Rollout(this.#tool, await this.#session.fork(about))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]()
  }
}

const about = { id: 'rollout', seed: 7, signal: new AbortController().signal }

/** Opens rollouts of a tool. Its interpreter starts with the first call of each. */
export function rolloutsOf(tool: Tool): () => Rollout {
  const runner = createToolRunner({ tools: [tool] })
  return () => new Rollout(tool.name, runner.open(about))
}

/** Does something so often, so many at a time. */
export async function repeat(times: number, atOnce: number, task: () => Promise<void>): Promise<void> {
  let left = times
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await task()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}
