import { z } from 'zod'
import { faultSchema } from './fault.ts'
import { jsonObjectSchema } from './json-value.ts'
import { mediaSchema } from './media.ts'
import { logprobsSchema, samplingSchema } from './sampling.ts'
import { scoreSchema } from './score.ts'
import { segmentSchema } from './segment.ts'
import { taskSchema } from './task.ts'
import { toolSchemaSchema, toolUsageSchema } from './tool-record.ts'

/** The format's name and version. A change that an old reader would misread gets a new number. */
export const trajectoryFormat = 'interleave/trajectory@1'

/** `turns`: policy turns, the answer included. `tokens`: sampled tokens of the whole rollout, an inherited prefix included. */
export const limitsSchema = z.strictObject({
  turns: z.int().positive(),
  tokens: z.int().positive(),
  callsPerTurn: z.int().positive(),
  deadlineMs: z.int().positive(),
})

/** `answered`: the policy ended a turn that held no call. A `length` or `turn_limit` rollout is scored, not void. */
export const stopReasonSchema = z.enum(['answered', 'turn_limit', 'length', 'cancelled', 'fault'])

/** What was sent and drawn in one turn, in logical tokens; `sampled` counts an inherited part of the turn not. */
export const turnRecordSchema = z.strictObject({
  prompt: z.int().nonnegative(),
  sampled: z.int().nonnegative(),
  finish: z.enum(['stop', 'length', 'abort']),
})

/** Clock readings, the only fields in which two runs of one seed may differ. Milliseconds unless named otherwise. */
export const timingSchema = z.strictObject({
  startedAt: z.iso.datetime(),
  wallMs: z.number().nonnegative(),
  generateMs: z.array(z.number().nonnegative()),
  verifyMs: z.number().nonnegative().exactOptional(),
  calls: z.array(toolUsageSchema),
  cachedTokens: z.int().nonnegative().exactOptional(),
})

/** One JSON line that carries all that re-scoring, lowering to a trainer, resuming and viewing need. */
export const trajectorySchema = z.strictObject({
  format: z.literal(trajectoryFormat),
  id: z.string().min(1),
  seed: z.int().nonnegative(),
  task: taskSchema,
  environment: z.strictObject({
    name: z.string().min(1),
    version: z.string(),
    tools: z.array(toolSchemaSchema),
    limits: limitsSchema,
    template: z.strictObject({ name: z.string().min(1), hash: z.string(), imagePad: z.int().nonnegative() }),
  }),
  policy: z.strictObject({
    model: z.string(),
    driver: z.string(),
    exact: z.boolean(),
    logprobs: logprobsSchema,
    sampling: samplingSchema,
  }),
  group: z.strictObject({ id: z.string().min(1), index: z.int().nonnegative() }).exactOptional(),
  branch: z
    .strictObject({ from: z.string().min(1), at: z.int().nonnegative(), index: z.int().nonnegative() })
    .exactOptional(),
  segments: z.array(segmentSchema),
  turns: z.array(turnRecordSchema),
  media: z.array(mediaSchema),
  stop: stopReasonSchema,
  fault: faultSchema.exactOptional(),
  scores: z.array(scoreSchema),
  reward: z.number().nullable(),
  info: jsonObjectSchema.exactOptional(),
  timing: timingSchema,
})

export interface Limits extends z.infer<typeof limitsSchema> {}
export type StopReason = z.infer<typeof stopReasonSchema>
export interface TurnRecord extends z.infer<typeof turnRecordSchema> {}
export interface Timing extends z.infer<typeof timingSchema> {}
export interface Trajectory extends z.infer<typeof trajectorySchema> {}
