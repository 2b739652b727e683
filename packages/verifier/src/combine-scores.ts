import type { Score } from '@interleave/trajectory'

/**
 * One reward out of several scores: their mean by weight, so that it lies in [0, 1] and is exactly 1 only where every part
 * that counts is. Null where a part with a weight above 0 is unscored, or where no part counts.
 */
export function combineScores(scores: readonly Pick<Score, 'score' | 'weight'>[]): number | null {
  let sum = 0
  let weights = 0
  for (const { score, weight } of scores) {
    if (weight === 0) continue
    if (score === null) return null
    sum += score * weight
    weights += weight
  }
  return weights === 0 ? null : sum / weights
}
