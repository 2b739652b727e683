import type { Trajectory } from '@interleave/trajectory'
import type { Continuations, GroupFacts, OutcomeFacts, RolloutFacts, SourceRef } from './batch.ts'

/** A trajectory and what the pure functions know of it. */
export interface Sampled<Facts> {
  readonly trajectory: Trajectory
  readonly facts: Facts
}

/** A selected source and its continuations in index order. */
export interface SampledSource extends SourceRef {
  /** Logical offset of the boundary in the source; 0 where nothing is inherited (`noPrefixFix`). */
  readonly at: number
  readonly continuations: readonly Sampled<OutcomeFacts>[]
}

/** Everything that a step sampled: rollouts by group and index, sources in order of selection. */
export interface SampledStep {
  readonly rollouts: readonly (readonly Sampled<RolloutFacts>[])[]
  readonly sources: readonly SampledSource[]
}

/** The same as the pure functions take it. */
export function factsOf({ rollouts, sources }: SampledStep): { groups: GroupFacts[]; continuations: Continuations[] } {
  return {
    groups: rollouts.map((group) => ({ rollouts: group.map(({ facts }) => facts) })),
    continuations: sources.map(({ group, source, continuations }) => ({
      group,
      source,
      outcomes: continuations.map(({ facts }) => facts),
    })),
  }
}
