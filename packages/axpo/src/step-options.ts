import { z } from 'zod'
import { optionsSchema } from './options.ts'
import { parseOrThrow } from './parse-or-throw.ts'

/** What a step is told. `seed` belongs to the step itself, which derives the ranking's from it. */
export const stepOptionsSchema = optionsSchema.omit({ seed: true }).extend({
  /** N: rollouts of each task. */
  rollouts: z.int().positive().default(8),
  /** How often a rollout that came back void is sampled again, from the same seed. */
  retries: z.int().nonnegative().default(1),
  /** Whether logprobs must be those of the sampled distribution at temperature 1, which ranking and credit mean. */
  logprobs: z.enum(['sampled', 'any']).default('sampled'),
})

/** Options of a step as a caller writes them: all may be left out. */
export type StepOptions = z.input<typeof stepOptionsSchema>
/** Options of a step with every default filled in: plain JSON, fit for a manifest. */
export interface ResolvedStepOptions extends z.output<typeof stepOptionsSchema> {}

/** Options with the paper's defaults filled in. Throws `bad_options` with a sentence that names the field. */
export function resolveStepOptions(options: StepOptions = {}): ResolvedStepOptions {
  return parseOrThrow(stepOptionsSchema, options, 'bad_options', 'options')
}
