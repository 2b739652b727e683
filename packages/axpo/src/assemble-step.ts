import { groupFormat, type Group, type Task } from '@interleave/trajectory'
import { creditBatch } from './credit-batch.ts'
import type { ResolvedOptions } from './options.ts'
import type { Plan } from './plan-batch.ts'
import { factsOf, type SampledStep } from './sampled-step.ts'
import { stepCredit } from './step-credit.ts'
import { diagnoseStep } from './step-diagnostics.ts'
import { groupIdOf } from './step-ids.ts'
import type { StepResult } from './step-result.ts'

/** What a step came to, out of all that it sampled. */
export function assembleStep(
  step: number,
  tasks: readonly Task[],
  sampled: SampledStep,
  plan: Plan,
  options: ResolvedOptions,
): Omit<StepResult, 'budget' | 'entries'> {
  const { credit } = creditBatch({ ...factsOf(sampled), selected: plan.selected, options })
  const groups = tasks.map((task, group): Group => {
    const rollouts = (sampled.rollouts[group] ?? []).map(({ trajectory }) => trajectory.id)
    const continuations = sampled.sources
      .filter((source) => source.group === group)
      .map(({ source, at, continuations }) => ({
        source: rollouts[source]!,
        at,
        trajectories: continuations.map(({ trajectory }) => trajectory.id),
      }))
    return { format: groupFormat, id: groupIdOf(step, group), taskId: task.id, rollouts, continuations }
  })
  const trajectories = sampled.rollouts.flatMap((rollouts, group) => [
    ...rollouts,
    ...sampled.sources.filter((source) => source.group === group).flatMap(({ continuations }) => continuations),
  ])
  return {
    step,
    groups,
    trajectories: trajectories.map(({ trajectory }) => trajectory),
    credit: stepCredit(step, sampled, credit, options.variant),
    plan,
    diagnostics: diagnoseStep(sampled, plan, options),
  }
}
