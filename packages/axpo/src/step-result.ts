import type { Credit, Group, Trajectory } from '@interleave/trajectory'
import type { BudgetSnapshot } from './budget.ts'
import type { Plan } from './plan-batch.ts'
import type { StepDiagnostics } from './step-diagnostics.ts'
import type { PlanEntry } from './step-store.ts'

/** All that a step came to, in an order that does not depend on which rollout finished first. */
export interface StepResult {
  readonly step: number
  /** One a task, in task order. */
  readonly groups: readonly Group[]
  /** Group by group: its rollouts, then the continuations of its sources in order of selection. Void ones included. */
  readonly trajectories: readonly Trajectory[]
  /** One a trajectory, in the same order; what is not trained has no span. */
  readonly credit: readonly Credit[]
  readonly plan: Plan
  readonly diagnostics: StepDiagnostics
  /** The budget as the step leaves it. */
  readonly budget: BudgetSnapshot
  /** The decisions as taken, for the journal. */
  readonly entries: readonly PlanEntry[]
}
