import { z } from 'zod'

/** How tokens are drawn. Absent fields mean "off": no truncation and no penalty. */
export const samplingSchema = z
  .strictObject({
    temperature: z.number().nonnegative(),
    topP: z.number().positive().max(1).exactOptional(),
    topK: z.int().positive().exactOptional(),
    minP: z.number().nonnegative().max(1).exactOptional(),
    presencePenalty: z.number().exactOptional(),
  })
  .meta({ title: 'Sampling', description: 'How tokens are drawn. An absent field is off.' })

/**
 * What a reported logprob is of: the model's own distribution (`raw`), that after temperature (`scaled`), that after
 * truncation and penalties as well (`processed`), or nothing was reported (`none`).
 */
export const logprobsSchema = z
  .enum(['raw', 'scaled', 'processed', 'none'])
  .describe(
    "What logprobs are of: the model's own distribution, that after temperature, that after truncation and penalties too, or none are reported.",
  )

/** How tokens are drawn. */
export interface Sampling extends z.infer<typeof samplingSchema> {}
export type LogprobSemantics = z.infer<typeof logprobsSchema>

/** Whether reported logprobs equal the distribution that tokens were drawn from at temperature 1: ranking and credit need that. */
export function logprobsAreSampled(semantics: LogprobSemantics, sampling: Sampling): boolean {
  if (semantics === 'none') return false
  const untouched =
    sampling.temperature === 1 &&
    (sampling.topP ?? 1) === 1 &&
    sampling.topK === undefined &&
    (sampling.minP ?? 0) === 0 &&
    (sampling.presencePenalty ?? 0) === 0
  return untouched
}
