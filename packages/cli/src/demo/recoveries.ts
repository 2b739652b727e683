import { toolUsing, type StepResult, type Variant } from '@interleave/axpo'
import { targetInView } from '@interleave/embedded-policy/scenes'

/** How many groups' tool-using rollouts all failed, how many of them a continuation got right, and how many with the target in view. */
export interface Recoveries {
  readonly triggered: number
  readonly recovered: number
  readonly recoveredInView: number
}

/**
 * Counts a step's recoveries: a group with the target in view apart from one that was only lucky. As the diagnostics do, it
 * counts continuations of the kind that the variant resamples for, of which one that started afresh may not be.
 */
export function countRecoveries(
  { groups, plan, trajectories }: Pick<StepResult, 'groups' | 'plan' | 'trajectories'>,
  variant: Variant = 'axpo',
): Recoveries {
  const wanted = trajectories.filter((one) => one.reward === 1 && toolUsing(one) === (variant !== 'noToolTarget'))
  const correct = new Map(wanted.map((one) => [one.id, one]))
  const recovered = groups.map(({ continuations }) =>
    continuations.flatMap((resampled) => resampled.trajectories.flatMap((id) => correct.get(id) ?? [])),
  )
  return {
    // Where nothing can be resampled there is nothing to recover.
    triggered: plan.slots.available === 0 ? 0 : plan.triggered.length,
    recovered: recovered.filter((found) => found.length > 0).length,
    recoveredInView: recovered.filter((found) => found.some(targetInView)).length,
  }
}
