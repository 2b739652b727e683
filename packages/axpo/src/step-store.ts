import type { Trajectory } from '@interleave/trajectory'
import { z } from 'zod'
import { sourceRefSchema } from './batch.ts'
import { budgetSnapshotSchema } from './budget.ts'
import type { StepResult } from './step-result.ts'

const count = z.int().nonnegative()

/**
 * One decision of a step: which groups were decided together (all of them in batch mode, one in streaming mode), whether
 * each of their rollouts was correct (null: void), what was selected, and the budget after it.
 */
export const planEntrySchema = z.strictObject({
  type: z.literal('plan'),
  step: count,
  groups: z.array(count),
  verdicts: z.array(z.array(z.boolean().nullable())),
  triggered: z.array(count),
  selected: z.array(sourceRefSchema),
  slots: z.strictObject({ available: count, used: count }),
  budget: budgetSnapshotSchema,
})

export interface PlanEntry extends z.output<typeof planEntrySchema> {}

/**
 * Where a step keeps what it has, so that it can be gone on with after it was cut off. `sampleStep` asks it for each
 * trajectory before sampling one, tells it of each that finished and of each decision before acting on it, and hands over
 * the whole step at the end. Calls may overlap. `@interleave/axpo/run-folder` is one on disk.
 */
export interface StepStore {
  /** A trajectory of this step that finished earlier. */
  find(step: number, id: string): Promise<Trajectory | undefined>
  /** Keeps a finished trajectory and returns it as `find` would: the step works with what was kept. */
  save(step: number, trajectory: Trajectory): Promise<Trajectory>
  /** Decisions of this step taken earlier, in the order they were taken. */
  entries(step: number): Promise<readonly PlanEntry[]>
  append(entry: PlanEntry): Promise<void>
  /** Keeps a finished step for good, or nothing of it. */
  commit(result: StepResult): Promise<void>
}
