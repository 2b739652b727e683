import { deriveSeed } from '@interleave/trajectory'
import type { GroupFacts, SourceRef } from './batch.ts'
import { callConfidence } from './call-confidence.ts'
import { inTarget } from './in-target.ts'
import type { ResolvedOptions } from './options.ts'

/** A rollout that may be resampled from, and what it is ranked by: lowest first. */
export interface RankedPrefix extends SourceRef {
  confidence: number
}

/**
 * A group's candidates, least confident first, ties in rollout order. A candidate is scored, of the variant's kind, and
 * has a prefix and at least one token after it. `group` is its index in the batch. Paper 3.2.
 */
export function rankPrefixes(
  group: GroupFacts,
  index: number,
  options: Pick<ResolvedOptions, 'variant' | 'ranking' | 'seed'>,
): RankedPrefix[] {
  const ranked = group.rollouts.flatMap((rollout, source): RankedPrefix[] => {
    const { actionLogprobs, prefixTokens, reward } = rollout
    if (reward === null || prefixTokens === null || actionLogprobs === null || actionLogprobs.length === 0) return []
    if (!inTarget(rollout, options)) return []
    const confidence =
      options.ranking === 'random'
        ? deriveSeed(options.seed, 'random ranking', `${index}.${source}`)
        : callConfidence(actionLogprobs, options.ranking)
    return [{ group: index, source, confidence }]
  })
  // The sort is stable: what ties keeps its order.
  return ranked.toSorted((a, b) => a.confidence - b.confidence)
}
