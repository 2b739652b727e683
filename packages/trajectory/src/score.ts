import { z } from 'zod'
import { jsonObjectSchema } from './json-value.ts'

/** A verifier's verdict. `unscored` (the verifier could not decide) has a null score: it is not the same as wrong. */
export const scoreSchema = z.strictObject({
  verifier: z.string().min(1),
  status: z.enum(['scored', 'unscored']),
  score: z.number().min(0).max(1).nullable(),
  weight: z.number().nonnegative(),
  answer: z.string().nullable(),
  explanation: z.string(),
  details: jsonObjectSchema.exactOptional(),
})

export interface Score extends z.infer<typeof scoreSchema> {}
