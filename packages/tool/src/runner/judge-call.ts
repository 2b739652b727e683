import type { ToolOutcome } from '@interleave/trajectory'
import type { CallImages, RegisteredImage } from '../image-registry.ts'
import type { Tool, ToolLimits } from '../tool.ts'
import { codeProblem, isToolCrash, isToolError } from '../tool-error.ts'
import type { CallRequest } from '../tool-session.ts'
import { toFault } from './fault.ts'
import { errorOutcome } from './outcome.ts'
import { badOutput, readContent, type ReadContent } from './read-content.ts'
import { readOutput } from './read-output.ts'
import type { Settled } from './running-call.ts'

export interface CallEnd {
  readonly request: CallRequest
  readonly index: number
  readonly tool: Tool
  readonly limits: Required<ToolLimits>
  readonly images: CallImages
  readonly settled: Settled
  readonly timedOut: boolean
}

export interface JudgedCall {
  readonly outcome: ToolOutcome
  readonly added: readonly RegisteredImage[]
  /** The state of the tool is of no use any more. */
  readonly lost: boolean
}

/** Whose fault: what is the model's or the world's becomes an outcome, what is ours is thrown as a fault. */
export function judgeCall(end: CallEnd): JudgedCall {
  try {
    return judge(end)
  } catch (error) {
    // Reading what a tool returned may run code of the tool's, such as a getter.
    throw toFault('tool', 'bad_output', `What the tool ${end.tool.name} returned or threw cannot be read`, error)
  }
}

function judge(end: CallEnd): JudgedCall {
  const { settled, timedOut, tool } = end
  if (settled.kind === 'given-up') return timeout(end)
  if (settled.kind === 'returned')
    return timedOut ? timeout(end, contentOf(settled.output)) : returned(end, settled.output)
  if (isToolError(settled.error)) {
    const { code, content, message } = settled.error
    if (timedOut) return timeout(end, content)
    const crashed = isToolCrash(settled.error)
    // Checked by the constructor too; the error may come from elsewhere, or have been changed since.
    const problem = crashed ? undefined : codeProblem(code)
    if (problem !== undefined) throw badOutput(tool, `threw a ToolError that cannot be recorded: ${problem}`)
    return failed(end, crashed ? 'crashed' : code, message, content, crashed)
  }
  const fault = toFault('tool', 'tool_failed', `The tool ${tool.name} failed`, settled.error)
  // Once its signal fired, whatever a tool throws is its way of stopping, unless it names a boundary of ours.
  if (timedOut && fault !== settled.error) return timeout(end)
  throw fault
}

function returned(end: CallEnd, output: unknown): JudgedCall {
  const { images, index, limits, request, tool } = end
  const { content, overLimit, truncated, value } = readOutput(tool, output, images, limits)
  if (overLimit !== undefined) return failed(end, 'limit', overLimit)
  const outcome: ToolOutcome = { callId: request.id, tool: tool.name, index, status: 'ok', content }
  if (value !== undefined) outcome.value = value
  if (truncated !== undefined) outcome.truncated = truncated
  return { outcome, added: images.added, lost: false }
}

function timeout(end: CallEnd, content?: unknown): JudgedCall {
  const message = `The call ran longer than ${end.limits.timeoutMs / 1000} s and was stopped.`
  return failed(end, 'timeout', message, content, end.settled.kind === 'given-up')
}

function failed(end: CallEnd, code: string, message: string, content: unknown = [], lost = false): JudgedCall {
  const { images, index, limits, request, tool } = end
  const before: ReadContent = readContent(tool, content, images, limits)
  const ended = lost && tool.setup !== undefined
  const said = ended ? `${message} What earlier calls of ${tool.name} had set up is gone; it starts afresh.` : message
  return {
    outcome: errorOutcome(request, index, code, said, limits.maxOutputChars, before),
    // An image that the model does not see takes no index.
    added: before.content.some((part) => part.type === 'image') ? images.added : [],
    lost,
  }
}

function contentOf(output: unknown): unknown {
  return typeof output === 'object' && output !== null && 'content' in output ? output.content : output
}
