import { creditFormat, sampledToLogical, type Credit, type Trajectory } from '@interleave/trajectory'
import type { BatchCredit, FactSpan } from './assign-credit.ts'
import type { Variant } from './options.ts'
import type { SampledStep } from './sampled-step.ts'
import { groupIdOf } from './step-ids.ts'

/**
 * A batch's credit in logical offsets, one record a trajectory in the order of the step's trajectories. A span that has
 * observations within becomes one span on each side of them. `estimator` is the variant.
 */
export function stepCredit(step: number, sampled: SampledStep, credit: BatchCredit, variant: Variant): Credit[] {
  const convert = (trajectory: Trajectory, group: number, spans: readonly FactSpan[]): Credit => ({
    format: creditFormat,
    trajectoryId: trajectory.id,
    spans: spans.flatMap(({ start, end, advantage, role }) =>
      sampledToLogical(trajectory.segments, { start, end }).map((span) => ({
        ...span,
        advantage,
        weight: 1,
        role,
        estimator: variant,
        groupId: groupIdOf(step, group),
      })),
    ),
  })
  const spansOf = new Map(
    credit.continuations.map(({ group, source, index, spans }) => [`${group}.${source}.${index}`, spans]),
  )
  return sampled.rollouts.flatMap((rollouts, group) => [
    ...rollouts.map(({ trajectory }, index) => convert(trajectory, group, credit.rollouts[group]?.[index] ?? [])),
    ...sampled.sources
      .filter((source) => source.group === group)
      .flatMap(({ source, continuations }) =>
        continuations.map(({ trajectory }, index) =>
          convert(trajectory, group, spansOf.get(`${group}.${source}.${index}`) ?? []),
        ),
      ),
  ])
}
