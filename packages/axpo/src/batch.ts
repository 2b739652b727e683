import { z } from 'zod'
import { optionsSchema } from './options.ts'

// Servers round: a certain token's logprob can come out a little above 0. A probability in its place is refused.
const logprobSchema = z.number().max(1e-3, 'a logprob is never above 0')

// Far beyond any reward in use, and far from where squares overflow.
const rewardSchema = z.number().min(-1e9).max(1e9)

/**
 * What the method needs to know of a rollout. Token counts are of sampled tokens only: prompt and observations do not
 * count. `reward` null: void.
 */
export const rolloutFactsSchema = z
  .strictObject({
    reward: rewardSchema.nullable(),
    /** Whether it counts as correct. Left out, the reward must be 0 or 1, and 1 is correct. */
    success: z.boolean().exactOptional(),
    toolUsing: z.boolean(),
    /** Logprobs of the first call's tokens after its opening tag, up to and including the closing one. */
    actionLogprobs: z.array(logprobSchema).nullable(),
    /** Sampled tokens up to and including the opening tag. */
    prefixTokens: z.int().nonnegative().nullable(),
    sampledTokens: z.int().nonnegative(),
  })
  .refine((rollout) => (rollout.prefixTokens ?? 0) + (rollout.actionLogprobs?.length ?? 0) <= rollout.sampledTokens, {
    message: 'prefixTokens and actionLogprobs together are more than the sampledTokens',
    path: ['sampledTokens'],
  })
  .refine(hasVerdict, { message: gradedMessage(), path: ['reward'] })

/** The N rollouts of one question. */
export const groupFactsSchema = z.strictObject({ rollouts: z.array(rolloutFactsSchema).min(1) })

/** What one continuation came to. `sampledTokens` counts the inherited prefix too. */
export const outcomeFactsSchema = z
  .strictObject({
    reward: rewardSchema.nullable(),
    success: z.boolean().exactOptional(),
    toolUsing: z.boolean(),
    sampledTokens: z.int().nonnegative(),
  })
  .refine(hasVerdict, { message: gradedMessage(), path: ['reward'] })

/** A rollout by its group's and its own index: where continuations were resampled from. */
export const sourceRefSchema = z.strictObject({ group: z.int().nonnegative(), source: z.int().nonnegative() })

/** The K outcomes of one source. */
export const continuationsSchema = z.strictObject({
  group: z.int().nonnegative(),
  source: z.int().nonnegative(),
  outcomes: z.array(outcomeFactsSchema),
})

/** What `interleave axpo plan` reads a line of. Other fields of the line are ignored. */
export const planInputSchema = z.object({ groups: z.array(groupFactsSchema), options: optionsSchema.prefault({}) })

/** What `interleave axpo credit` reads a line of. Other fields of the line are ignored. */
export const creditInputSchema = planInputSchema.extend({
  selected: z.array(sourceRefSchema),
  continuations: z.array(continuationsSchema),
})

function hasVerdict({ reward, success }: { reward: number | null; success?: boolean }): boolean {
  return success !== undefined || reward === null || reward === 0 || reward === 1
}

function gradedMessage(): string {
  return 'a reward other than 0, 1 or null needs a success beside it: true where the rollout counts as correct'
}

export interface RolloutFacts extends z.output<typeof rolloutFactsSchema> {}
export interface GroupFacts extends z.output<typeof groupFactsSchema> {}
export interface OutcomeFacts extends z.output<typeof outcomeFactsSchema> {}
export interface SourceRef extends z.output<typeof sourceRefSchema> {}
export interface Continuations extends z.output<typeof continuationsSchema> {}
