import { InterleaveError, type Image } from '@interleave/trajectory'
import { TurnWalker } from './grammar/turn-walker.ts'
import type { Perception } from './perception/perception.ts'
import { turnContext } from './turn-context.ts'

/** Sampled ids to score: `start` to `end` of `tokens`, half-open, within one turn. */
export interface ScoreRequest {
  /** Logical ids from the start of the trajectory; what follows `end` is not looked at. */
  readonly tokens: readonly number[]
  /** The images of the pads before the turn, in order; more are not looked at. */
  readonly images: readonly Image[]
  readonly start: number
  readonly end: number
}

export interface GradientRequest extends ScoreRequest {
  /**
   * What each id's gradient is multiplied by: one for each id of the span, or a function of its place in the span and its
   * log probability. Default 1.
   */
  readonly weights?: readonly number[] | ((index: number, logprob: number) => number)
}

/** Log probabilities of the ids of a span under the parameters, and the gradient of their weighted sum where asked for. */
export async function scoreSpan(
  parameters: Float64Array,
  perception: Perception,
  request: GradientRequest,
  gradient?: Float64Array,
): Promise<number[]> {
  const { end, images, start, tokens, weights } = request
  if (!(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= tokens.length))
    throw new InterleaveError('bad_offset', `The span ${start}-${end} does not lie within the ${tokens.length} tokens.`)
  if (Array.isArray(weights) && weights.length !== end - start)
    throw new InterleaveError(
      'bad_offset',
      `There are ${weights.length} weights for the ${end - start} tokens of the span.`,
    )
  const weigh = typeof weights === 'function' ? weights : (index: number): number => weights?.[index] ?? 1
  const made = turnContext(parameters, perception, tokens, start, images)
  const context = made instanceof Promise ? await made : made
  const walker = new TurnWalker(context)
  for (let at = context.prompt.turnStart; at < start; at += 1) walker.accept(tokens[at] ?? 0)
  const logprobs: number[] = []
  for (let at = start; at < end; at += 1) {
    const token = tokens[at] ?? 0
    if (gradient === undefined) logprobs.push(walker.accept(token))
    else logprobs.push(walker.acceptWithGradient(token, (logprob) => weigh(at - start, logprob), gradient))
  }
  return logprobs
}
