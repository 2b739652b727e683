import { z } from 'zod'
import { jsonObjectSchema } from './json-value.ts'

/** A verifier's verdict. `unscored` (the verifier could not decide) has a null score: it is not the same as wrong. */
export const scoreSchema = z
  .strictObject({
    verifier: z.string().min(1),
    status: z
      .enum(['scored', 'unscored'])
      .describe('unscored: the verifier could not decide, which is not the same as wrong.'),
    score: z.number().min(0).max(1).nullable(),
    weight: z.number().nonnegative().describe('Share in the reward, the mean of scores by weight.'),
    answer: z.string().nullable().describe('What was read out of the reply; null for nothing.'),
    explanation: z.string(),
    details: jsonObjectSchema.exactOptional(),
  })
  .meta({ title: 'Score', description: "A verifier's verdict." })

/** One verifier's verdict on a trajectory. */
export interface Score extends z.infer<typeof scoreSchema> {}
