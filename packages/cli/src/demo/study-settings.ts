import { z } from 'zod'

/** All that decides the numbers of a study, as it stands in its `run.json`. */
export const studySettingsSchema = z.strictObject({
  /** Of everything. Run number n of every method has a seed of its own, derived from it. */
  seed: z.int().nonnegative(),
  /** Numbers of the runs of each method. */
  runs: z.array(z.int().positive()).min(1),
  methods: z.array(z.string()).min(1),
  /** B: questions a step. */
  questions: z.int().positive(),
  steps: z.int().positive(),
  learningRate: z.number().positive(),
  uselessTool: z.boolean(),
  scenes: z.strictObject({ training: z.int().positive(), heldOut: z.int().positive() }),
  /** Steps from one evaluation to the next. */
  evaluateEvery: z.int().positive(),
  /** Rollouts of each held-out question: along the way, and at the end. */
  evaluationRollouts: z.strictObject({ along: z.int().positive(), end: z.int().positive() }),
})

export interface StudySettings extends z.output<typeof studySettingsSchema> {}

/** One training of one method. */
export interface StudyRun {
  readonly method: string
  readonly run: number
}
