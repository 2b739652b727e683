import type { Turn } from '@interleave/chat-template'
import { deriveSeed, type Segment, type StopReason, type ToolOutcome } from '@interleave/trajectory'
import { atBoundary } from './boundary.ts'
import { generateTurn } from './generate-turn.ts'
import type { LoopContext } from './loop-context.ts'
import type { FrozenPrefix } from './prefix.ts'
import { imagesOf } from './rollout-media.ts'
import type { SampledTokens } from './turn-pieces.ts'

const nothing: SampledTokens = { tokens: [], logprobs: [] }

/** Turn after turn until the rollout ends. Throws a fault where a boundary fails, and the signal's reason when it fires. */
export async function runTurns(context: LoopContext, prefix: FrozenPrefix | undefined): Promise<StopReason> {
  const { environment, record, request, template } = context
  let frozen: SampledTokens = prefix ?? nothing
  for (let number = prefix?.turn ?? 1; ; number += 1) {
    record.extendTurn(frozen.tokens)
    const maxTokens = tokensLeft(context)
    const seed = deriveSeed(request.seed, 'turn', number)
    // A limit that is used up leaves the turn as it stands: nothing more can be drawn.
    const reply = maxTokens > 0 ? await generateTurn(context, number, { maxTokens, seed }) : undefined
    const drawn = reply?.drawn ?? nothing
    const tokens = frozen.tokens.length === 0 ? drawn.tokens : [...frozen.tokens, ...drawn.tokens]
    const turn = atBoundary('template', () => template.readTurn(tokens))
    const acting = record.addTurn(turn, number, frozen, drawn)
    if (reply?.finish !== 'stop') return 'length'
    if (turn.calls.length === 0) return 'answered'
    // A pad that the policy drew stands for no image, so no server would take this turn as history. It is the model's
    // mistake: the calls are answered for the record, and the rollout ends there.
    if (drawn.tokens.includes(template.imagePad)) {
      refuseAll(context, acting, 'invalid_call', 'The turn holds an image token that stands for no image.')
      return 'answered'
    }
    if (number >= environment.limits.turns) return 'turn_limit'
    const outcomes = await runCalls(context, turn, acting)
    record.addContext(
      atBoundary('template', () => template.renderObservations(outcomes, turn)),
      number,
    )
    frozen = nothing
  }
}

/** What the rollout's own limit and the policy's context leave for the next turn. */
function tokensLeft({ environment, policy, record }: LoopContext): number {
  const own = environment.limits.tokens - record.sampled
  const { contextTokens } = policy.capabilities
  return contextTokens === undefined ? own : Math.min(own, contextTokens - record.tokens.length - record.expanded)
}

/** Runs a turn's calls in order up to the limit. Returns the outcomes that the model is shown. */
async function runCalls(context: LoopContext, turn: Turn, acting: readonly Segment[]): Promise<ToolOutcome[]> {
  const { record, session, signal, timing } = context
  const { callsPerTurn } = context.environment.limits
  const outcomes: ToolOutcome[] = []
  for (const [index, segment] of acting.slice(0, callsPerTurn).entries()) {
    if (segment.call === undefined) continue
    const problem = turn.calls[index]?.problem
    const { outcome, usage } = await session.call(problem === undefined ? segment.call : { ...segment.call, problem })
    signal.throwIfAborted()
    segment.outcome = outcome
    outcomes.push(outcome)
    timing.calls.push(usage)
    record.images.push(...imagesOf(outcome, session))
  }
  // One observation for all the calls beyond: a turn of a thousand calls must not flood the next prompt.
  const refused = refuseAll(context, acting.slice(callsPerTurn), 'too_many_calls', tooManyCalls(callsPerTurn))
  return [...outcomes, ...refused.slice(0, 1)]
}

function tooManyCalls(limit: number): string {
  return `Only ${limit} tool calls are run in one turn; the others were not. Make them again in the next turn if you still need them.`
}

/** Answers calls that are not run. */
function refuseAll(
  { session, timing }: LoopContext,
  acting: readonly Segment[],
  code: string,
  message: string,
): ToolOutcome[] {
  const outcomes: ToolOutcome[] = []
  for (const segment of acting) {
    if (segment.call === undefined) continue
    const { outcome, usage } = session.refuse(segment.call, code, message)
    segment.outcome = outcome
    outcomes.push(outcome)
    timing.calls.push(usage)
  }
  return outcomes
}
