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

/** Node counts the delay of a timer in 31 bits; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1

/** `turns`: policy turns, the answer included. `tokens`: sampled tokens of the whole rollout, an inherited prefix included. */
export const limitsSchema = z
  .strictObject({
    turns: z.int().positive(),
    tokens: z.int().positive(),
    callsPerTurn: z.int().positive(),
    deadlineMs: z.int().positive().max(longestTimer),
  })
  .meta({
    title: 'Limits',
    description:
      'turns counts policy turns, the answer included; tokens counts sampled tokens, an inherited prefix included.',
  })

/** `answered`: the policy ended a turn that held no call. A `length` or `turn_limit` rollout is scored, not void. */
export const stopReasonSchema = z
  .enum(['answered', 'turn_limit', 'length', 'cancelled', 'fault'])
  .describe('fault: void, with a fault and no reward. cancelled is never in a file.')

/** What was sent and drawn in one turn, in logical tokens. An inherited part of the turn is part of `prompt`, not of `sampled`. */
export const turnRecordSchema = z
  .strictObject({
    prompt: z.int().nonnegative().describe('Logical tokens sent.'),
    sampled: z.int().nonnegative().describe('Tokens drawn, an inherited part of the turn not counted.'),
    finish: z.enum(['stop', 'length', 'abort']),
  })
  .meta({ title: 'TurnRecord', description: 'What was sent and drawn in one turn.' })

/** Clock readings, the only fields in which two runs of one seed may differ. Milliseconds unless named otherwise. */
export const timingSchema = z
  .strictObject({
    startedAt: z.iso.datetime(),
    wallMs: z.number().nonnegative(),
    generateMs: z.array(z.number().nonnegative()),
    verifyMs: z.number().nonnegative().exactOptional(),
    calls: z.array(toolUsageSchema),
    cachedTokens: z.int().nonnegative().exactOptional(),
  })
  .meta({
    title: 'Timing',
    description: 'Clock readings in milliseconds, the only fields in which two runs of one seed may differ.',
  })

/** One JSON line that carries all that re-scoring, lowering to a trainer, resuming and viewing need. */
export const trajectorySchema = z
  .strictObject({
    format: z.literal(trajectoryFormat),
    id: z.string().min(1),
    seed: z.int().nonnegative(),
    task: taskSchema,
    environment: z.strictObject({
      name: z.string().min(1),
      version: z.string(),
      tools: z.array(toolSchemaSchema),
      limits: limitsSchema,
      template: z
        .strictObject({
          name: z.string().min(1),
          hash: z.string(),
          imagePad: z.int().nonnegative().describe('The token id that stands for an image, once per image.'),
        })
        .describe('The chat template; hash is the SHA-256 of all that decides its ids.'),
    }),
    policy: z.strictObject({
      model: z.string(),
      driver: z.string(),
      exact: z.boolean().describe('The model saw exactly these token ids, and drew exactly these.'),
      logprobs: logprobsSchema,
      sampling: samplingSchema,
    }),
    group: z
      .strictObject({ id: z.string().min(1), index: z.int().nonnegative() })
      .exactOptional()
      .describe('The rollouts of one task that are compared, and the place among them.'),
    branch: z
      .strictObject({ from: z.string().min(1), at: z.int().nonnegative(), index: z.int().nonnegative() })
      .exactOptional()
      .describe('On a continuation: the id of its source, the logical offset of its boundary, its number from 0.'),
    segments: z.array(segmentSchema).describe('All logical tokens, in order: one pad per image.'),
    turns: z.array(turnRecordSchema),
    media: z.array(mediaSchema),
    stop: stopReasonSchema,
    fault: faultSchema.exactOptional(),
    scores: z.array(scoreSchema),
    reward: z.number().nullable().describe('What training uses. null: not scored, which is never 0.'),
    info: jsonObjectSchema.exactOptional(),
    timing: timingSchema,
  })
  .meta({
    title: 'Trajectory',
    description:
      'The record of one rollout: one JSON line that carries all that scoring again, training, resuming and viewing need. Every offset counts logical tokens from the start, half-open, unless it says otherwise.',
  })

/** What a rollout may use up; `deadlineMs` is for the whole of it. */
export interface Limits extends z.infer<typeof limitsSchema> {}
export type StopReason = z.infer<typeof stopReasonSchema>
/** One turn in counts: what was sent, what was drawn, how it ended. */
export interface TurnRecord extends z.infer<typeof turnRecordSchema> {}
/** Clock readings of one rollout. */
export interface Timing extends z.infer<typeof timingSchema> {}
/** One rollout as it was sampled: segments with the policy's own tokens, the task, the outcome of every call, the scores. */
export interface Trajectory extends z.infer<typeof trajectorySchema> {}
