import type { CreditRole } from '@interleave/trajectory'
import type { GroupFacts, SourceRef } from './batch.ts'
import { normalise } from './normalise.ts'
import type { ResolvedOptions } from './options.ts'
import type { Resampled } from './resampled.ts'
import { shapedReward } from './shaped-reward.ts'
import { verdictOf } from './verdict.ts'

/** Sampled tokens `start` to `end` (half-open, prompt and observations not counted) and the advantage of each of them. */
export interface FactSpan {
  start: number
  end: number
  advantage: number
  role: CreditRole
}

/** Which tokens of a batch are trained, and with what. A masked stretch has no span; an advantage of 0 has one. */
export interface BatchCredit {
  /** By group and rollout. */
  rollouts: FactSpan[][][]
  /** By selected source in order of selection, then by index. */
  continuations: (SourceRef & { index: number; spans: FactSpan[] })[]
}

/**
 * The credit of a batch: paper Eqs. 2 to 5, or the variant's. Rollouts nobody resampled keep plain GRPO over all their
 * tokens; a source is trained on its prefix alone, its continuations on what follows that prefix.
 */
export function assignCredit(
  groups: readonly GroupFacts[],
  resampled: readonly Resampled[],
  options: ResolvedOptions,
): BatchCredit {
  const live = resampled.filter(({ undone }) => !undone)
  const merged = options.variant === 'merged' || options.variant === 'mergedWhole'
  const rollouts = groups.map((group, index) => {
    const own = live.filter((source) => source.group === index)
    const advantages = groupAdvantages(group, merged ? own : [], options)
    return group.rollouts.map((rollout, at) => {
      const source = merged ? undefined : own.find((candidate) => candidate.source === at)
      if (source === undefined || options.variant === 'noPrefixFix')
        return span(0, rollout.sampledTokens, advantages[at], 'rollout')
      if (options.variant === 'noPrefixCredit') return []
      return span(0, source.prefix, prefixAdvantage(group, source, options), 'prefix')
    })
  })
  const continuations = resampled.flatMap((source) => {
    const { group, source: from, outcomes, prefix } = source
    const own = live.filter((other) => other.group === group)
    const advantages = merged
      ? mergedAdvantages(groups[group]!, own, source, options)
      : normalise(
          outcomes.map((outcome) => shapedReward(outcome, options)),
          options,
        )
    const start = options.variant === 'mergedWhole' || options.variant === 'noPrefixFix' ? 0 : prefix
    return outcomes.map(({ sampledTokens }, index) => {
      return { group, source: from, index, spans: span(start, sampledTokens, advantages[index], 'continuation') }
    })
  })
  return { rollouts, continuations }
}

/** Eqs. 3 and 4: the source's value once its reward is replaced by what its prefix led to; other sources keep theirs. */
function prefixAdvantage(group: GroupFacts, { source, outcomes }: Resampled, options: ResolvedOptions): number | null {
  const recovered = outcomes
    .filter((outcome) => verdictOf(outcome) === true)
    .map((outcome) => shapedReward(outcome, options)!)
  const rewards = group.rollouts.map((rollout) => shapedReward(rollout, options))
  // With rewards of 0 and 1 this is Eq. 3. Graded, the prefix is worth the best it led to, and its own when that failed.
  if (recovered.length > 0) rewards[source] = recovered.reduce((best, reward) => Math.max(best, reward))
  return normalise(rewards, options)[source] ?? null
}

/** Advantages of a group's rollouts and after them of the continuations of the given sources, as one group. */
function groupAdvantages(
  group: GroupFacts,
  sources: readonly Resampled[],
  options: ResolvedOptions,
): (number | null)[] {
  const members = [...group.rollouts, ...sources.flatMap(({ outcomes }) => outcomes)]
  return normalise(
    members.map((member) => shapedReward(member, options)),
    options,
  )
}

function mergedAdvantages(
  group: GroupFacts,
  sources: readonly Resampled[],
  source: Resampled,
  options: ResolvedOptions,
): (number | null)[] {
  const before = sources.slice(0, Math.max(0, sources.indexOf(source)))
  const start = group.rollouts.length + before.reduce((sum, { outcomes }) => sum + outcomes.length, 0)
  if (source.undone) return source.outcomes.map(() => null)
  return groupAdvantages(group, sources, options).slice(start, start + source.outcomes.length)
}

function span(start: number, end: number, advantage: number | null | undefined, role: CreditRole): FactSpan[] {
  return advantage === null || advantage === undefined || start >= end ? [] : [{ start, end, advantage, role }]
}
