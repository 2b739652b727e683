import { z } from 'zod'
import { contentHashSchema } from './media.ts'
import { toolCallSchema, toolOutcomeSchema } from './tool-record.ts'

export const tokenIdSchema = z.int().nonnegative()

export const segmentKindSchema = z.enum(['prompt', 'thinking', 'acting', 'observation', 'answer', 'template'])

/** `context`: given to the policy. `policy`: sampled in this rollout. `inherited`: sampled in the source and frozen. */
export const originSchema = z.enum(['context', 'policy', 'inherited'])

/** What a `template` segment sampled by the policy stands for. The segment tagged `call-open` closes a prefix. */
export const tagSchema = z.enum([
  'think-open',
  'think-close',
  'call-open',
  'call-close',
  'answer-open',
  'answer-close',
  'turn-end',
])

/** An image and its pad: `at` is the pad's logical offset from the start of the trajectory. */
export const segmentImageSchema = z.strictObject({
  hash: contentHashSchema,
  at: z.int().nonnegative(),
  effective: z.union([z.array(tokenIdSchema), z.strictObject({ id: tokenIdSchema, length: z.int().positive() })]),
})

/** A stretch of sampled tokens and the version of the weights that drew it; offsets within its segment. */
export const weightVersionSchema = z.strictObject({
  version: z.string(),
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
})

/**
 * A stretch of a trajectory of one kind, one turn and one origin. `turn` is 0 for the prompt; the policy's turns count
 * from 1, and an observation carries the turn whose calls it answers. `tokens` are logical: one pad per image.
 */
export const segmentSchema = z.strictObject({
  kind: segmentKindSchema,
  turn: z.int().nonnegative(),
  origin: originSchema,
  text: z.string(),
  tokens: z.array(tokenIdSchema).min(1),
  logprobs: z.array(z.number()).exactOptional(),
  tag: tagSchema.exactOptional(),
  images: z.array(segmentImageSchema).exactOptional(),
  call: toolCallSchema.exactOptional(),
  outcome: toolOutcomeSchema.exactOptional(),
  weightVersions: z.array(weightVersionSchema).exactOptional(),
})

export type SegmentKind = z.infer<typeof segmentKindSchema>
export type Origin = z.infer<typeof originSchema>
export type Tag = z.infer<typeof tagSchema>
export interface SegmentImage extends z.infer<typeof segmentImageSchema> {}
export interface WeightVersion extends z.infer<typeof weightVersionSchema> {}
export interface Segment extends z.infer<typeof segmentSchema> {}
