import { InterleaveError } from '@interleave/trajectory'
import type { Continuations, GroupFacts, OutcomeFacts, RolloutFacts, SourceRef } from './batch.ts'
import { inTarget } from './in-target.ts'
import type { ResolvedOptions } from './options.ts'
import { triggered } from './triggered.ts'

/** A selected source with what came of it. */
export interface Resampled extends SourceRef {
  readonly rollout: RolloutFacts
  /** Sampled tokens up to the boundary. */
  readonly prefix: number
  readonly outcomes: readonly OutcomeFacts[]
  /** All K are void: the source is treated as if it had not been selected. */
  readonly undone: boolean
}

/**
 * Each selected source with its K outcomes, in order of selection. Outcomes of sources that were not selected are left
 * aside. Throws `bad_selection` or `bad_continuations` with the group and the source where they do not fit together.
 */
export function resampled(input: {
  readonly groups: readonly GroupFacts[]
  readonly selected: readonly SourceRef[]
  readonly continuations: readonly Continuations[]
  readonly options: Pick<ResolvedOptions, 'resamples' | 'variant'>
}): Resampled[] {
  const { groups, options } = input
  const outcomesOf = new Map<string, readonly OutcomeFacts[]>()
  for (const entry of input.continuations) {
    if (outcomesOf.has(keyOf(entry))) refuse('continuations', entry, 'is listed twice')
    if (groups[entry.group]?.rollouts[entry.source] === undefined)
      refuse('continuations', entry, 'is not among the rollouts')
    outcomesOf.set(keyOf(entry), entry.outcomes)
  }
  const seen = new Set<string>()
  return input.selected.map((ref) => {
    if (seen.has(keyOf(ref))) refuse('selection', ref, 'is selected twice')
    seen.add(keyOf(ref))
    const group = groups[ref.group]
    const rollout = group?.rollouts[ref.source]
    if (group === undefined || rollout === undefined) return refuse('selection', ref, 'is not among the rollouts')
    if (options.variant === 'grpo') refuse('selection', ref, 'is selected, but the variant grpo resamples nothing')
    if (rollout.reward === null) refuse('selection', ref, 'is void and cannot be a source')
    if (!inTarget(rollout, options)) refuse('selection', ref, `is not of the kind that ${options.variant} resamples`)
    if (!triggered(group, options))
      refuse('selection', ref, 'is of a group that is not triggered: one of its kind is correct')
    const prefix = rollout.prefixTokens
    if (prefix === null || (rollout.actionLogprobs ?? []).length === 0)
      return refuse('selection', ref, 'has no prefix with a token after it to resample from')

    const outcomes = outcomesOf.get(keyOf(ref))
    if (outcomes === undefined) return refuse('continuations', ref, 'is selected but has no continuations')
    if (outcomes.length !== options.resamples)
      refuse('continuations', ref, `has ${outcomes.length} outcomes; expected ${options.resamples}`)
    const short = outcomes.findIndex((outcome) => outcome.reward !== null && outcome.sampledTokens < prefix)
    if (short >= 0 && options.variant !== 'noPrefixFix')
      refuse(
        'continuations',
        ref,
        `outcome ${short} counts fewer sampledTokens than the prefix of ${prefix} it inherits`,
      )
    return { ...ref, rollout, prefix, outcomes, undone: outcomes.every((outcome) => outcome.reward === null) }
  })
}

function keyOf({ group, source }: SourceRef): string {
  return `${group}.${source}`
}

function refuse(what: 'selection' | 'continuations', { group, source }: SourceRef, problem: string): never {
  throw new InterleaveError(`bad_${what}`, `Source ${source} of group ${group} ${problem}.`)
}
