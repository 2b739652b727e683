import { z } from 'zod'

const share = z.number().nullable()

/** What ordinary rollouts on held-out questions came to. Shares from 0 to 1, null where there was nothing to count. */
const evaluationSchema = z.strictObject({
  passAt1: z.number(),
  passAt4: z.number(),
  toolUse: z.number(),
  /** Of the tool-using subgroups of 8 rollouts, those without a correct one. */
  allWrong: share,
  /** The same of the subgroups that used none. */
  allWrongNoTool: share,
})

/** What a step's training rollouts came to. */
const trainingSchema = z.strictObject({
  correct: share,
  toolUse: share,
  allWrong: z.strictObject({ before: share, after: share }),
  /** Groups whose tool-using rollouts all failed; those with a correct continuation; and those with one that saw the target. */
  triggered: z.int(),
  recovered: z.int(),
  recoveredInView: z.int(),
  trainedTokens: z.int(),
  metrics: z.record(z.string(), z.number()),
})

/** A line of a study's `metrics.jsonl`: one step of one run, or its start as step 0. */
export const stepRecordSchema = z.strictObject({
  method: z.string(),
  run: z.int().positive(),
  /** How many steps had been learnt from. */
  step: z.int().nonnegative(),
  /** Rollouts and continuations that the run had spent, evaluation left out. */
  rollouts: z.int().nonnegative(),
  training: trainingSchema.exactOptional(),
  evaluation: evaluationSchema.exactOptional(),
})

export interface Evaluation extends z.output<typeof evaluationSchema> {}

export interface StepRecord extends z.output<typeof stepRecordSchema> {}
