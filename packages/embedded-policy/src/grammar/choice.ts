import type { Wording } from './wording.ts'

/** One aspect of a choice: each option has a level of it, and each level a row of features with their weights. */
export interface Factor {
  /** Level of each option. */
  readonly levels: ArrayLike<number>
  /** Index into the parameters of each feature's weight. */
  readonly weights: readonly number[]
  /** Rows of features, one for each level. */
  readonly features: ArrayLike<number>
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

  constructor(wording: Wording, factors: readonly Factor[], parameters: Float64Array) {
    this.wording = wording
    this.#factors = factors
    this.logits = new Float64Array(wording.option.length)
    for (const factor of factors) {
      const scores = levelScores(factor, parameters)
      for (let at = 0; at < this.logits.length; at += 1)
        this.logits[at] = (this.logits[at] ?? 0) + (scores[factor.levels[wording.option[at] ?? 0] ?? 0] ?? 0)
    }
  }

  /** Log of the summed weight of the options from `start` to `end`. */
  logMass(start: number, end: number): number {
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
    for (const { features, levels, weights } of this.#factors) {
      const shares = new Float64Array(features.length / weights.length)
      for (let at = start; at < end; at += 1) {
        const level = levels[this.wording.option[at] ?? 0] ?? 0
        shares[level] = (shares[level] ?? 0) + Math.exp((this.logits[at] ?? 0) - mass)
      }
      shares.forEach((share, level) => {
        if (share === 0) return
        weights.forEach((weight, column) => {
          gradient[weight] = (gradient[weight] ?? 0) + scale * share * (features[level * weights.length + column] ?? 0)
        })
      })
    }
  }
}

function levelScores({ features, weights }: Factor, parameters: Float64Array): Float64Array {
  const columns = weights.length
  const scores = new Float64Array(features.length / columns)
  for (let level = 0; level < scores.length; level += 1) {
    let score = 0
    for (let column = 0; column < columns; column += 1)
      score += (features[level * columns + column] ?? 0) * (parameters[weights[column] ?? 0] ?? 0)
    scores[level] = score
  }
  return scores
}

/** A factor in which every level has a weight of its own, scaled by a number that is the same for all. */
export function ownWeights(offset: number, levels: number, scale = 1): Factor {
  const features = new Float64Array(levels * levels)
  for (let level = 0; level < levels; level += 1) features[level * levels + level] = scale
  const indexes = Array.from({ length: levels }, (_, level) => level)
  return { levels: indexes, weights: indexes.map((level) => offset + level), features }
}
