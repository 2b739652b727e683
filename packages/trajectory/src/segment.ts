import { z } from 'zod'
import { contentHashSchema } from './media.ts'
import { finiteNumbers, tokenIds } from './number-array.ts'
import { toolCallSchema, toolOutcomeSchema } from './tool-record.ts'

export const tokenIdSchema = z.int().nonnegative()

export const segmentKindSchema = z
  .enum(['prompt', 'thinking', 'acting', 'observation', 'answer', 'template'])
  .describe('acting is a tool call; template is structure, such as tags.')

/** `context`: given to the policy. `policy`: sampled in this rollout. `inherited`: sampled in the source and frozen. */
export const originSchema = z
  .enum(['context', 'policy', 'inherited'])
  .describe(
    'context: given to the policy. policy: sampled in this rollout. inherited: sampled in its source, frozen, not trained here.',
  )

/** What a `template` segment sampled by the policy stands for. The segment tagged `call-open` closes a prefix. */
export const tagSchema = z
  .enum(['think-open', 'think-close', 'call-open', 'call-close', 'answer-open', 'answer-close', 'turn-end'])
  .describe('What a template segment stands for. call-open closes the prefix of a continuation.')

/** An image and its pad: `at` is the pad's logical offset from the start of the trajectory. */
export const segmentImageSchema = z
  .strictObject({
    hash: contentHashSchema,
    at: z.int().nonnegative().describe('Logical offset of its pad from the start of the trajectory.'),
    effective: z
      .union([
        tokenIds({ minItems: 1, description: 'The ids themselves.' }),
        z.strictObject({ id: tokenIdSchema, length: z.int().positive() }),
      ])
      .describe('What the model sees in place of the pad: ids, or one id and how often.'),
  })
  .meta({ title: 'SegmentImage' })

/** A stretch of sampled tokens and the version of the weights that drew it; offsets within its segment. */
export const weightVersionSchema = z
  .strictObject({
    version: z.string(),
    start: z.int().nonnegative(),
    end: z.int().nonnegative(),
  })
  .meta({
    title: 'WeightVersion',
    description: 'Which weights drew a stretch of tokens; offsets within the segment, half-open.',
  })

/**
 * A stretch of a trajectory of one kind, one turn and one origin. `turn` is 0 for the prompt; the policy's turns count
 * from 1, and an observation carries the turn whose calls it answers. `tokens` are logical: one pad per image. A call
 * stands on its `acting` segment, or on the `call-open` tag where nothing was drawn after it, and its outcome beside it.
 */
export const segmentSchema = z
  .strictObject({
    kind: segmentKindSchema,
    turn: z
      .int()
      .nonnegative()
      .describe('0 for the prompt, then from 1; an observation carries the turn whose calls it answers.'),
    origin: originSchema,
    text: z.string().describe('For reading and parsing. The tokens are the truth: never encode it again.'),
    tokens: tokenIds({ minItems: 1, description: 'Token ids, logical: one pad per image.' }),
    logprobs: finiteNumbers({
      description: 'Natural logarithm of the probability of each token, on sampled segments.',
    }).exactOptional(),
    entropies: finiteNumbers({
      description: 'Entropy in nats of the distribution each token was drawn from, where the policy reports it.',
    }).exactOptional(),
    tag: tagSchema.exactOptional(),
    images: z.array(segmentImageSchema).exactOptional(),
    call: toolCallSchema.exactOptional(),
    outcome: toolOutcomeSchema.exactOptional(),
    weightVersions: z.array(weightVersionSchema).exactOptional(),
  })
  .meta({ title: 'Segment', description: 'A stretch of tokens of one kind, one turn and one origin.' })

export type SegmentKind = z.infer<typeof segmentKindSchema>
export type Origin = z.infer<typeof originSchema>
export type Tag = z.infer<typeof tagSchema>
/** An image of a segment and where its pad stands. */
export interface SegmentImage extends z.infer<typeof segmentImageSchema> {}
/** Which weights drew a stretch of a segment. */
export interface WeightVersion extends z.infer<typeof weightVersionSchema> {}
/** A stretch of a trajectory of one kind, one turn and one origin, with its tokens. */
export interface Segment extends z.infer<typeof segmentSchema> {}
