import { z } from 'zod'
import { CallImages, type ImageLog } from '../image-registry.ts'
import type { RolloutContext, Tool, ToolLimits } from '../tool.ts'
import type { CallRequest } from '../tool-session.ts'
import { callContext } from './call-context.ts'
import { toFault } from './fault.ts'
import { judgeCall, type JudgedCall } from './judge-call.ts'
import { errorOutcome } from './outcome.ts'
import type { Settled } from './running-call.ts'
import type { RunningCalls } from './running-calls.ts'
import type { ToolState, ToolStates } from './tool-states.ts'

/** What the calls of one rollout work with. */
export interface CallScope {
  readonly tools: ReadonlyMap<string, { readonly tool: Tool; readonly limits: Required<ToolLimits> }>
  /** For a call of no tool. */
  readonly limits: Required<ToolLimits>
  readonly signal: AbortSignal
  readonly images: ImageLog
  readonly states: ToolStates
  readonly running: RunningCalls
  contextOf(tool: Tool): RolloutContext
}

export interface Attempt extends JudgedCall {
  readonly state?: ToolState
}

const overlapping =
  'A tool whose calls may overlap cannot know the index of an image it adds; return the image in `content`.'
const shownIssues = 10

/** One call from its arguments to its outcome. Throws faults, and the reason of a cancelled rollout. */
export async function attemptCall(
  scope: CallScope,
  request: CallRequest,
  index: number,
  seed: number,
): Promise<Attempt> {
  const refused = (code: string, message: string, limits = scope.limits): Attempt => ({
    outcome: errorOutcome(request, index, code, message, limits.maxOutputChars),
    added: [],
    lost: false,
  })
  if (request.problem !== undefined) return refused('invalid_call', request.problem)
  const found = scope.tools.get(request.tool)
  if (found === undefined) return refused('unknown_tool', unknownTool(scope, request.tool))
  const { limits, tool } = found
  const parsed = parseInput(tool, request.input)
  if (!parsed.success) {
    const problems = z.prettifyError({ issues: parsed.error.issues.slice(0, shownIssues) })
    return refused('invalid_input', `The arguments of ${tool.name} are not valid.\n${problems}`, limits)
  }

  const state = tool.setup === undefined ? undefined : await scope.states.of(tool)
  scope.signal.throwIfAborted()
  const images = new CallImages(scope.images, tool.concurrency === 'parallel' ? overlapping : undefined)
  const running = scope.running.create()
  const context = callContext({ request, index, seed, tool, state: state?.value, images, running, scope })
  let settled: Settled
  try {
    const output: unknown = tool.run(parsed.data, context)
    settled = isPromise(output)
      ? await scope.running.settle(running, output, limits.timeoutMs)
      : { kind: 'returned', output }
  } catch (error) {
    settled = { kind: 'threw', error }
  }
  images.close()
  if (running.stopped === 'cancelled') throw running.reason
  scope.signal.throwIfAborted()
  const judged = judgeCall({ request, index, tool, limits, images, settled, timedOut: running.stopped !== undefined })
  if (state === undefined) return judged
  if (judged.lost) await scope.states.drop(state)
  return { ...judged, state }
}

function parseInput(tool: Tool, input: unknown): ReturnType<Tool['input']['safeParse']> {
  try {
    return tool.input.safeParse(input)
  } catch (error) {
    throw toFault('tool', 'input_schema_failed', `The input schema of ${tool.name} threw`, error)
  }
}

function unknownTool({ tools }: CallScope, name: string): string {
  const known = tools.size === 0 ? 'This task has no tools.' : `The tools are: ${[...tools.keys()].join(', ')}.`
  return `There is no tool ${JSON.stringify(name.slice(0, 64))}. ${known}`
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
