import { InterleaveError } from '@interleave/trajectory'
import { isReservedCode } from './reserved-codes.ts'
import type { OutputContent } from './tool.ts'

// A marker instead of instanceof: two installed copies of this package still recognise each other's errors.
const marker: unique symbol = Symbol.for('interleave.tool-error') as never

/**
 * Thrown by a tool where a call fails for a reason that the model can act on: it becomes an error observation with this
 * code and message. `content` is what was produced before the failure; it is shown ahead of the message. Throws
 * `bad_error_code` for a code that is no text, empty, or one of `reservedCodes`.
 */
export class ToolError extends InterleaveError {
  readonly content: OutputContent
  readonly [marker]: 'failed' | 'crashed' = 'failed'

  constructor(code: string, message: string, options: { cause?: unknown; content?: OutputContent } = {}) {
    super(code, message, options)
    const problem = this instanceof ToolCrash ? undefined : codeProblem(code)
    if (problem !== undefined) throw new InterleaveError('bad_error_code', problem)
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
  return kindOf(thrown) !== undefined
}

export function isToolCrash(thrown: unknown): thrown is ToolCrash {
  return kindOf(thrown) === 'crashed'
}

/** Why a tool may not use this code, if it may not. */
export function codeProblem(code: unknown): string | undefined {
  if (typeof code !== 'string' || code === '') return 'The code of a ToolError must be a text that is not empty.'
  if (!isReservedCode(code)) return undefined
  return `The code "${code}" is the runner's own; give the ToolError another, such as "my_${code}".`
}

function kindOf(thrown: unknown): unknown {
  try {
    return typeof thrown === 'object' && thrown !== null ? (thrown as { [marker]?: unknown })[marker] : undefined
  } catch {
    // A proxy may throw whatever it is asked.
    return undefined
  }
}
