import type { Task } from '@interleave/trajectory'
import type { Budget } from './budget.ts'
import type { Success } from './describe-rollout.ts'
import type { RolloutSource } from './rollout-source.ts'
import type { StepOptions } from './step-options.ts'
import type { StepStore } from './step-store.ts'

/** How far a step is. Totals of continuations grow as prefixes are selected. */
export interface StepProgress {
  readonly rollouts: { readonly done: number; readonly total: number }
  readonly continuations: { readonly done: number; readonly total: number }
  /** Trajectories that came back void. */
  readonly void: number
}

export interface SampleStepInput {
  readonly source: RolloutSource
  /** B questions: a group each, in this order. */
  readonly tasks: readonly Task[]
  readonly options?: StepOptions
  /** Decides, with the step, every seed that is handed out. */
  readonly seed: number
  readonly step: number
  /** A budget that outlives the step; by default the step pays for itself, in batch mode. */
  readonly budget?: Budget
  readonly store?: StepStore
  /** Rollouts in flight at once, continuations included. */
  readonly concurrency?: number
  /** Required where rewards are graded; by default a reward of 1 is a success. */
  readonly success?: Success
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: StepProgress) => void
}
