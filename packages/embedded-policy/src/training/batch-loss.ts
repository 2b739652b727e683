import { InterleaveError, type Image } from '@interleave/trajectory'
import { parameterCount } from '../parameters.ts'
import type { Perception } from '../perception/perception.ts'
import { scoreSpan } from '../score-span.ts'
import { tokenLoss, type LossOptions, type TrainedToken } from './token-loss.ts'
import type { TrainedTurn } from './trained-turns.ts'

/** A trained turn whose tokens know their log probability under the start. */
export interface ReferencedTurn extends TrainedTurn {
  readonly trained: readonly (TrainedToken | undefined)[]
}

/** The images of a turn, with bytes where they have not been seen yet. */
export type ImagesOf = (turn: TrainedTurn) => Promise<readonly Image[]>

/** The loss of a batch, its gradient, and what is worth plotting: all divided by the number of trained tokens. */
export interface BatchLoss {
  readonly loss: number
  readonly gradient: Float64Array
  readonly kl: number
  /** Share of the trained tokens whose ratio was out of bounds. */
  readonly clipped: number
}

/** Adds to each turn what the start says of its tokens. Throws `bad_credit` for a token that this policy never draws. */
export async function addReference(
  turns: readonly TrainedTurn[],
  start: Float64Array,
  perception: Perception,
  imagesOf: ImagesOf,
): Promise<ReferencedTurn[]> {
  const referenced: ReferencedTurn[] = []
  for (const turn of turns) {
    const logprobs = await scoreSpan(start, perception, { ...turn, images: await imagesOf(turn) })
    const trained = turn.credit.map((credit, index) => {
      const reference = logprobs[index] ?? 0
      if (credit !== undefined && reference === Number.NEGATIVE_INFINITY)
        throw new InterleaveError(
          'bad_credit',
          `Credit of ${turn.trajectoryId}: the embedded policy never draws token ${turn.start + index}, so it cannot be trained on it.`,
        )
      return credit && { ...credit, reference }
    })
    referenced.push({ ...turn, trained })
  }
  return referenced
}

/** The sum of weight x loss over the trained tokens of a batch by their number, as a function of the parameters. */
export async function batchLoss(
  turns: readonly ReferencedTurn[],
  parameters: Float64Array,
  perception: Perception,
  imagesOf: ImagesOf,
  options: LossOptions,
): Promise<BatchLoss> {
  const gradient = new Float64Array(parameterCount)
  let [loss, kl, clipped, count] = [0, 0, 0, 0]
  for (const turn of turns) {
    const weights = (index: number, logprob: number): number => {
      const token = turn.trained[index]
      return token === undefined ? 0 : tokenLoss(token, logprob, options).slope
    }
    const request = { tokens: turn.tokens, start: turn.start, end: turn.end, images: await imagesOf(turn), weights }
    const logprobs = await scoreSpan(parameters, perception, request, gradient)
    turn.trained.forEach((token, index) => {
      if (token === undefined) return
      const told = tokenLoss(token, logprobs[index] ?? 0, options)
      loss += told.loss
      kl += told.kl
      clipped += told.clipped ? 1 : 0
      count += 1
    })
  }
  const share = count === 0 ? 0 : 1 / count
  return {
    loss: loss * share,
    gradient: gradient.map((value) => value * share),
    kl: kl * share,
    clipped: clipped * share,
  }
}
