import { z } from 'zod'

export const creditFormat = 'interleave/credit@1'

export const creditRoleSchema = z.enum(['rollout', 'prefix', 'continuation'])

/** A stretch of sampled tokens, logical offsets from the start of its trajectory, half-open, and the value each of them gets. */
export const creditSpanSchema = z
  .strictObject({
    start: z.int().nonnegative(),
    end: z.int().positive(),
    advantage: z.number(),
    weight: z.number(),
    role: creditRoleSchema,
    estimator: z.string().min(1).describe('The variant of the method that gave the value.'),
    groupId: z.string().min(1),
  })
  .meta({
    title: 'CreditSpan',
    description:
      'A stretch of sampled tokens, logical offsets from the start of the trajectory, half-open, and the value of each.',
  })

/**
 * The trained tokens of one trajectory. Kept beside trajectories, never inside them. It is defined for one reduction: the
 * sum of weight x loss over trained tokens divided by their number in the step; a KL term covers the same tokens.
 */
export const creditSchema = z
  .strictObject({
    format: z.literal(creditFormat),
    trajectoryId: z.string().min(1),
    spans: z.array(creditSpanSchema),
  })
  .meta({
    title: 'Credit',
    description:
      'The trained tokens of one trajectory. Defined for one reduction: the sum of weight x loss over trained tokens divided by their number in the step.',
  })

export type CreditRole = z.infer<typeof creditRoleSchema>
/** Some trained tokens and the advantage of each. */
export interface CreditSpan extends z.infer<typeof creditSpanSchema> {}
/** The trained tokens of one trajectory. */
export interface Credit extends z.infer<typeof creditSchema> {}
