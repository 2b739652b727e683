import type { GroupFacts } from './batch.ts'
import type { ResolvedOptions } from './options.ts'
import { inTarget } from './in-target.ts'
import { verdictOf } from './verdict.ts'

/**
 * Whether a question is worth resampling: its tool-using rollouts exist and are all wrong. Void rollouts do not count,
 * correct rollouts without a tool do not matter. In `noToolTarget` the same of the rollouts without a tool. Paper 3.2.
 */
export function triggered(group: GroupFacts, options: Pick<ResolvedOptions, 'variant'>): boolean {
  const scored = group.rollouts.filter((rollout) => rollout.reward !== null && inTarget(rollout, options))
  return scored.length > 0 && scored.every((rollout) => verdictOf(rollout) === false)
}
