import type { ResolvedOptions } from './options.ts'

/**
 * Group-relative advantages: each reward less the mean, over the standard deviation. Null (void) stays null and takes no
 * part. Fewer than two rewards or no spread: 0. Paper Eq. 2; there is no epsilon, so values are exact.
 */
export function normalise(
  rewards: readonly (number | null)[],
  { std }: Pick<ResolvedOptions, 'std'>,
): (number | null)[] {
  const scored = rewards.filter((reward) => reward !== null)
  const mean = scored.reduce((sum, reward) => sum + reward, 0) / scored.length
  const squares = scored.reduce((sum, reward) => sum + (reward - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / (std === 'sample' ? scored.length - 1 : scored.length))
  // Equal rewards are compared as such: their computed mean can miss them by a rounding error.
  const flat = scored.length < 2 || deviation === 0 || scored.every((reward) => reward === scored[0])
  return rewards.map((reward) => (reward === null ? null : flat ? 0 : (reward - mean) / deviation))
}
