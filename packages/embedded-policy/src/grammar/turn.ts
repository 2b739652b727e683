import { otherKind, parameterIndex, type Strategy } from '../parameters.ts'
import { lookFeatures } from '../perception/look.ts'
import type { Sight } from '../perception/perception.ts'
import type { Reading } from '../perception/read-plate.ts'
import type { Question } from '../prompt/question.ts'
import type { Prompt } from '../prompt/read-prompt.ts'

const mostImages = 32

/** All that a turn depends on: its prompt, what is seen, and the parameters. */
export interface TurnContext {
  readonly prompt: Prompt
  readonly question: Question
  readonly sights: readonly Sight[]
  readonly parameters: Float64Array
}

/** What the turn has settled so far. */
export interface TurnMemory {
  strategy: Strategy
  /** Index of the image that the thinking names. */
  focus: number
  /** The quadrant that the thinking names, or -1. */
  quadrant: number
}

/** The strategies whose thinking names a quadrant. */
export function namesQuadrant(strategy: Strategy): boolean {
  return strategy === 'careful' || strategy === 'elsewhere'
}

/** The name under which the parameters of this question stand. */
export function kindName({ kind }: Question): string {
  return kind?.name ?? otherKind
}

/** Number of images that can be named. */
export function imageCount(sights: readonly Sight[]): number {
  return Math.max(1, Math.min(mostImages, sights.length))
}

const lookWeightsOf = new Map<string, readonly number[]>()

/** The weights of `lookFeatures` for this question. */
export function lookWeights(question: Question): readonly number[] {
  const kind = kindName(question)
  let weights = lookWeightsOf.get(kind)
  if (weights === undefined) {
    const offset = parameterIndex(`look/${kind}`)
    weights = lookFeatures.map((_, feature) => offset + feature)
    lookWeightsOf.set(kind, weights)
  }
  return weights
}

/** The reading of the image in which the asked plate is seen most clearly, the latest on a tie. */
export function bestReading({ kind }: Question, sights: readonly Sight[]): Reading | undefined {
  if (kind === undefined || sights.length === 0) return undefined
  return sights.map((sight) => sight.reading(kind)).reduce((best, next) => (next.clarity >= best.clarity ? next : best))
}
