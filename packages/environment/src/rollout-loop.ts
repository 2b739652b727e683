import type { Turn } from '@interleave/chat-template'
import { deriveSeed, type Segment, type StopReason, type ToolOutcome } from '@interleave/trajectory'
import { atBoundary } from './boundary.ts'
import { generateTurn } from './generate-turn.ts'
import type { LoopContext } from './loop-context.ts'
import type { FrozenPrefix } from './prefix.ts'
import type { SampledTokens } from './turn-pieces.ts'

const nothing: SampledTokens = { tokens: [], logprobs: [] }

/** Turn after turn until the rollout ends. Throws a fault where a boundary fails, and the signal's reason when it fires. */
export async function runTurns(context: LoopContext, prefix: FrozenPrefix | undefined): Promise<StopReason> {
  const { environment, record, request, template } = context
  let frozen: SampledTokens = prefix ?? nothing
  for (let number = prefix?.turn ?? 1; ; number += 1) {
    record.extendTurn(frozen.tokens)
    const maxTokens = environment.limits.tokens - record.sampled
    const seed = deriveSeed(request.seed, 'turn', number)
    // A limit that is used up leaves the turn as it stands: nothing more can be drawn.
    const reply = maxTokens > 0 ? await generateTurn(context, number, { maxTokens, seed }) : undefined
    const drawn = reply?.drawn ?? nothing
    const tokens = frozen.tokens.length === 0 ? drawn.tokens : [...frozen.tokens, ...drawn.tokens]
    const turn = atBoundary('template', () => template.readTurn(tokens))
    const acting = record.addTurn(turn, number, frozen, drawn)
    if (reply?.finish !== 'stop') return 'length'
    if (turn.calls.length === 0) return 'answered'
    if (drawn.tokens.includes(template.imagePad)) {
      refuseAll(context, acting)
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

/** Runs a turn's calls in order; those beyond the limit get an error observation instead. */
async function runCalls(context: LoopContext, turn: Turn, acting: readonly Segment[]): Promise<ToolOutcome[]> {
  const { environment, record, session, signal, timing } = context
  const { callsPerTurn } = environment.limits
  const outcomes: ToolOutcome[] = []
  for (const [index, segment] of acting.entries()) {
    const { call } = segment
    if (call === undefined) continue
    const problem = turn.calls[index]?.problem
    const result =
      index < callsPerTurn
        ? await session.call(problem === undefined ? call : { ...call, problem })
        : session.refuse(
            call,
            'too_many_calls',
            `Only ${callsPerTurn} tool calls are run in one turn; this one was not. Make it again in the next turn if you still need it.`,
          )
    signal.throwIfAborted()
    segment.outcome = result.outcome
    outcomes.push(result.outcome)
    timing.calls.push(result.usage)
    for (const part of result.outcome.content) {
      if (part.type !== 'image') continue
      const image = session.images.find(part.hash)
      if (image !== undefined) record.images.push(image)
    }
  }
  return outcomes
}

// A pad that the policy drew stands for no image, so no server would take this turn as history. It is the model's
// mistake: the calls are answered for the record, and the rollout ends there.
function refuseAll({ session, timing }: LoopContext, acting: readonly Segment[]): void {
  for (const segment of acting) {
    if (segment.call === undefined) continue
    const { outcome, usage } = session.refuse(
      segment.call,
      'invalid_call',
      'The turn holds an image token that stands for no image.',
    )
    segment.outcome = outcome
    timing.calls.push(usage)
  }
}
