import type { Wording } from './wording.ts'

/** One aspect of a choice: each option has a level of it, and each level a row of features with their weights. */
export interface Factor {
  /** Level of each option. */
  readonly levels: ArrayLike<number>
  /** Index into the parameters of each feature's weight. */
  readonly weights: readonly number[]
  /** Rows of features, one for each level. Without them every level has a weight of its own. */
  readonly features?: ArrayLike<number>
  /** What all features are multiplied by. Default 1. */
  readonly scale?: number
}

/**
 * A choice among worded options: the log-odds of an option are the sum over factors of weight x feature. All that the
 * policy decides is one of these.
 */
export class Choice {
  readonly wording: Wording
  /** Log-odds in the wording's order. */
  readonly logits: Float64Array
  readonly #factors: readonly Factor[]
  /** The largest of the log-odds, and the odds as shares of it. */
  readonly #most: number
  readonly #odds: Float64Array

  constructor(wording: Wording, factors: readonly Factor[], parameters: Float64Array) {
    this.wording = wording
    this.#factors = factors
    const { option } = wording
    const logits = new Float64Array(option.length)
    for (const factor of factors) {
      if (factor.scale === 0) continue
      const scores = levelScores(factor, parameters)
      const { levels } = factor
      for (let at = 0; at < logits.length; at += 1)
        logits[at] = (logits[at] ?? 0) + (scores[levels[option[at] ?? 0] ?? 0] ?? 0)
    }
    let most = Number.NEGATIVE_INFINITY
    for (let at = 0; at < logits.length; at += 1) most = Math.max(most, logits[at] ?? most)
    // Worked out once: a box is worded in some twenty ids, and each asks for the mass of a few hundred options.
    const odds = new Float64Array(logits.length)
    for (let at = 0; at < logits.length; at += 1) odds[at] = Math.exp((logits[at] ?? 0) - most)
    this.logits = logits
    this.#most = most
    this.#odds = odds
  }

  /** Log of the summed weight of the options from `start` to `end`. */
  logMass(start: number, end: number): number {
    const odds = this.#odds
    let sum = 0
    for (let at = start; at < end; at += 1) sum += odds[at] ?? 0
    return sum > tiniest ? this.#most + Math.log(sum) : this.#logMassApart(start, end)
  }

  /** The same where the odds are too small beside the largest to be held as shares of it. */
  #logMassApart(start: number, end: number): number {
    const { logits } = this
    let most = Number.NEGATIVE_INFINITY
    for (let at = start; at < end; at += 1) most = Math.max(most, logits[at] ?? most)
    let sum = 0
    for (let at = start; at < end; at += 1) sum += Math.exp((logits[at] ?? most) - most)
    return most + Math.log(sum)
  }

  /** Adds `scale` times the gradient of `logMass(start, end)` with respect to the parameters. */
  addGradient(start: number, end: number, scale: number, gradient: Float64Array): void {
    const mass = this.logMass(start, end)
    const { logits, wording } = this
    for (const { features, levels, scale: gain = 1, weights } of this.#factors) {
      if (gain === 0) continue
      const count = features === undefined ? weights.length : features.length / weights.length
      const shares: number[] = []
      for (let level = 0; level < count; level += 1) shares.push(0)
      for (let at = start; at < end; at += 1) {
        const level = levels[wording.option[at] ?? 0] ?? 0
        shares[level] = (shares[level] ?? 0) + Math.exp((logits[at] ?? 0) - mass)
      }
      for (let level = 0; level < shares.length; level += 1) {
        const step = scale * gain * (shares[level] ?? 0)
        if (step === 0) continue
        if (features === undefined) add(gradient, weights[level], step)
        else
          for (let column = 0; column < weights.length; column += 1)
            add(gradient, weights[column], step * (features[level * weights.length + column] ?? 0))
      }
    }
  }
}

const tiniest = 1e-280

function add(gradient: Float64Array, index: number | undefined, step: number): void {
  if (index !== undefined) gradient[index] = (gradient[index] ?? 0) + step
}

function levelScores({ features, scale = 1, weights }: Factor, parameters: Float64Array): readonly number[] {
  if (features === undefined) return weights.map((weight) => scale * (parameters[weight] ?? 0))
  const columns = weights.length
  const scores: number[] = []
  for (let row = 0; row < features.length; row += columns) {
    let score = 0
    for (let column = 0; column < columns; column += 1)
      score += (features[row + column] ?? 0) * (parameters[weights[column] ?? 0] ?? 0)
    scores.push(scale * score)
  }
  return scores
}

const own = new Map<number, Factor>()

/** A factor in which every level has a weight of its own, scaled by a number that is the same for all. */
export function ownWeights(offset: number, levels: number, scale = 1): Factor {
  const key = offset * 1024 + levels
  let factor = own.get(key)
  if (factor === undefined) {
    const indexes = Array.from({ length: levels }, (_, level) => level)
    factor = { levels: indexes, weights: indexes.map((level) => offset + level) }
    own.set(key, factor)
  }
  return scale === 1 ? factor : { ...factor, scale }
}
