import { FaultError, weightVersionSchema } from '@interleave/trajectory'
import { z } from 'zod'
import type { Answer } from '../http/exchange.ts'
import { readJson } from '../http/read-json.ts'
import { idsSchema, logprobRecordsSchema } from '../wire/number-schemas.ts'
import type { WireReply } from '../wire/wire.ts'

const choiceSchema = z.object({
  token_ids: idsSchema,
  finish_reason: z.enum(['stop', 'length', 'abort']),
  stop_reason: z.union([z.int(), z.string()]).nullish(),
  logprobs: z.object({ content: logprobRecordsSchema.nullish() }).nullish(),
  weight_versions: z.array(weightVersionSchema).nullish(),
})

const answerSchema = z.object({
  model: z.string().nullish(),
  choices: z.tuple([choiceSchema]),
  prompt_token_ids: idsSchema.nullish(),
  mm_placeholders: z
    .record(z.string(), z.array(z.object({ offset: z.int().nonnegative(), length: z.int().positive() })))
    .nullish(),
  output_mode: z.string().nullish(),
  usage: z
    .object({
      prompt_tokens: z.int().nonnegative().nullish(),
      prompt_tokens_details: z.object({ cached_tokens: z.int().nonnegative().nullish() }).nullish(),
    })
    .nullish(),
})

/** Reads an answer of `/inference/v1/generate`. */
export function readGenerateAnswer(answer: Answer): WireReply {
  const read = readJson(answer, answerSchema, '/inference/v1/generate')
  const [choice] = read.choices
  const { token_ids: tokens, finish_reason: finish, stop_reason: matchedStop, weight_versions: versions } = choice
  const records = choice.logprobs?.content ?? undefined
  // Where their numbers differ, that is what is wrong.
  for (const [at, { token_id: id }] of (records ?? []).entries())
    if (records?.length === tokens.length && id !== undefined && id !== tokens[at])
      throw new FaultError(
        'policy',
        'bad_reply',
        `The policy server gave the logprob of token ${id} for the token ${tokens[at]} at ${at}.`,
      )
  const cached = read.usage?.prompt_tokens_details?.cached_tokens
  return {
    tokens,
    finish,
    ...(records !== undefined && { logprobs: records.map(({ logprob }) => logprob) }),
    ...(matchedStop !== undefined && matchedStop !== null && { matchedStop }),
    ...(Array.isArray(read.prompt_token_ids) && { prompt: read.prompt_token_ids }),
    placeholders: read.mm_placeholders?.['image'] ?? [],
    ...(typeof read.usage?.prompt_tokens === 'number' && { promptCount: read.usage.prompt_tokens }),
    ...(Array.isArray(versions) && { weightVersions: versions }),
    ...(typeof cached === 'number' && { cachedTokens: cached }),
    ...(typeof read.model === 'string' && { model: read.model }),
  }
}
