import { InterleaveError } from '@interleave/trajectory'
import type { OutputContent } from './tool.ts'

// A marker instead of instanceof: two installed copies of this package still recognise each other's errors.
const marker: unique symbol = Symbol.for('interleave.tool-error') as never

/**
 * Thrown by a tool where a call fails for a reason that the model can act on: it becomes an error observation with this
 * code and message. `content` is what was produced before the failure; it is shown ahead of the message.
 */
export class ToolError extends InterleaveError {
  readonly content: OutputContent
  readonly [marker]: 'failed' | 'crashed' = 'failed'

  constructor(code: string, message: string, options: { cause?: unknown; content?: OutputContent } = {}) {
    super(code, message, options)
    this.content = options.content ?? []
  }
}

/**
 * Thrown by a tool whose sandbox died under the model's code: an error observation `crashed`. The rollout's state of this
 * tool is released, and the next call sets up a fresh one.
 */
export class ToolCrash extends ToolError {
  override readonly [marker] = 'crashed'

  constructor(message: string, options: { cause?: unknown; content?: OutputContent } = {}) {
    super('crashed', message, options)
  }
}

export function isToolError(thrown: unknown): thrown is ToolError {
  return typeof thrown === 'object' && thrown !== null && marker in thrown
}

export function isToolCrash(thrown: unknown): thrown is ToolCrash {
  return isToolError(thrown) && thrown[marker] === 'crashed'
}
