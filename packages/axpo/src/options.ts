import { z } from 'zod'
import { parseOrThrow } from './parse-or-throw.ts'

/**
 * `axpo`: the method. `noPrefixFix`, `noToolTarget`, `noPrefixCredit`, `merged`: the ablations of the paper's Table 2.
 * `mergedWhole`: as `merged`, inherited tokens credited too. `grpo`: plain GRPO, nothing resampled.
 */
export const variantSchema = z.enum([
  'axpo',
  'noPrefixFix',
  'noToolTarget',
  'noPrefixCredit',
  'merged',
  'mergedWhole',
  'grpo',
])

/** What the method is told, with the paper's values as defaults. These are the `options` of plan and credit files. */
export const optionsSchema = z.strictObject({
  /** K: continuations for each selected prefix. */
  resamples: z.int().positive().default(4),
  /** r: at most r x B x N continuations a step. Read as the decimal written. */
  budget: z.number().nonnegative().default(0.25),
  /** What candidates are ordered by: mean probability of the call's tokens, their mean logprob, or a seeded draw. */
  ranking: z.enum(['probability', 'logprob', 'random']).default('probability'),
  /** Which question goes first within a round: the one with the least confident candidate, or in input order. */
  order: z.enum(['confidence', 'input']).default('confidence'),
  /** Divides the squared deviations by n, or by n - 1. */
  std: z.enum(['population', 'sample']).default('population'),
  variant: variantSchema.default('axpo'),
  /** Seed of the random ranking. */
  seed: z.int().nonnegative().default(0),
  /** Adds `shapingSize` to the reward of every tool-using rollout, or takes it off. Success stays as it was. */
  shaping: z.enum(['none', 'toolBonus', 'toolPenalty']).default('none'),
  shapingSize: z.number().nonnegative().default(0.2),
})

/** Options as a caller writes them: all may be left out. */
export type Options = z.input<typeof optionsSchema>
/** Options with every default filled in. */
export interface ResolvedOptions extends z.output<typeof optionsSchema> {}
export type Variant = z.infer<typeof variantSchema>

/** Options with the paper's defaults filled in. Throws `bad_options` with a sentence that names the field. */
export function resolveOptions(options: Options = {}): ResolvedOptions {
  return parseOrThrow(optionsSchema, options, 'bad_options', 'options')
}
