import { logprobsSchema } from '@interleave/trajectory'
import { z } from 'zod'
import type { PolicyCapabilities } from '../policy.ts'

/** What a policy must declare. */
export const capabilitiesSchema: z.ZodType<PolicyCapabilities> = z.strictObject({
  model: z.string().min(1),
  driver: z.string().min(1),
  exact: z.boolean(),
  images: z.boolean(),
  logprobs: logprobsSchema,
  seeded: z.boolean(),
  abort: z.boolean(),
  weightVersions: z.boolean(),
  effectivePrompt: z.boolean(),
  contextTokens: z.int().positive().exactOptional(),
})
