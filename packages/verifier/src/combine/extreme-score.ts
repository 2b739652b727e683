import type { Score } from '@interleave/trajectory'

/** The first unscored one, since it might have been better than all; else the best, the earlier of equals. */
export function extremeScore(scores: readonly Score[], better: (score: number, best: number) => boolean): Score {
  return scores.reduce((best, next) => {
    if (best.score === null) return best
    return next.score === null || better(next.score, best.score) ? next : best
  })
}
