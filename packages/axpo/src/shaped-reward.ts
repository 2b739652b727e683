import type { ResolvedOptions } from './options.ts'

/**
 * The reward that advantages are made of: the reward itself, or with `toolBonus` and `toolPenalty` (paper Table 3)
 * `shapingSize` more or less for a rollout that used a tool, correct or not.
 */
export function shapedReward(
  rollout: { readonly reward: number | null; readonly toolUsing: boolean },
  { shaping, shapingSize }: Pick<ResolvedOptions, 'shaping' | 'shapingSize'>,
): number | null {
  if (rollout.reward === null || shaping === 'none' || !rollout.toolUsing) return rollout.reward
  return shaping === 'toolBonus' ? rollout.reward + shapingSize : rollout.reward - shapingSize
}
