import type { ResolvedOptions } from './options.ts'

const roundingError = 1e-12

/**
 * Group-relative advantages: each reward less the mean, over the standard deviation. Null (void) stays null and takes no
 * part. Fewer than two rewards or no spread: 0. Paper Eq. 2; there is no epsilon, so values are exact.
 */
export function normalise(
  rewards: readonly (number | null)[],
  { std }: Pick<ResolvedOptions, 'std'>,
): (number | null)[] {
  const scored = rewards.filter((reward) => reward !== null)
  let least = Infinity
  let most = -Infinity
  for (const reward of scored) {
    least = Math.min(least, reward)
    most = Math.max(most, reward)
  }
  const mean = scored.reduce((sum, reward) => sum + reward, 0) / scored.length
  const squares = scored.reduce((sum, reward) => sum + (reward - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / (std === 'sample' ? scored.length - 1 : scored.length))
  // Rewards that differ by a rounding error, such as 0.1 + 0.2 and 0.3, are equal: dividing by it would blow it up.
  const flat = scored.length < 2 || most - least <= roundingError * Math.max(Math.abs(least), Math.abs(most))
  return rewards.map((reward) => (reward === null ? null : flat ? 0 : (reward - mean) / deviation))
}
