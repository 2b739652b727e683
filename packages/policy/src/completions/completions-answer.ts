import { z } from 'zod'
import type { Answer } from '../http/exchange.ts'
import { readJson } from '../http/read-json.ts'
import { idsSchema, logprobsSchema } from '../wire/number-schemas.ts'
import type { WireReply } from '../wire/wire.ts'

const choiceSchema = z.object({
  token_ids: idsSchema,
  prompt_token_ids: idsSchema.nullish(),
  finish_reason: z.enum(['stop', 'length', 'abort']),
  stop_reason: z.union([z.int(), z.string()]).nullish(),
  logprobs: z.object({ token_logprobs: logprobsSchema.nullish() }).nullish(),
})

const answerSchema = z.object({
  model: z.string().nullish(),
  choices: z.tuple([choiceSchema]),
  usage: z
    .object({
      prompt_tokens: z.int().nonnegative().nullish(),
      prompt_tokens_details: z.object({ cached_tokens: z.int().nonnegative().nullish() }).nullish(),
    })
    .nullish(),
})

/** Reads an answer of `/v1/completions` with the ids that were asked for. */
export function readCompletionsAnswer(answer: Answer): WireReply {
  const { choices, model, usage } = readJson(answer, answerSchema, '/v1/completions')
  const [{ finish_reason: finish, logprobs, prompt_token_ids: prompt, stop_reason: matchedStop, token_ids: tokens }] =
    choices
  const cached = usage?.prompt_tokens_details?.cached_tokens
  return {
    tokens,
    finish,
    ...(Array.isArray(logprobs?.token_logprobs) && { logprobs: logprobs.token_logprobs }),
    ...(matchedStop !== undefined && matchedStop !== null && { matchedStop }),
    ...(Array.isArray(prompt) && { prompt }),
    ...(typeof usage?.prompt_tokens === 'number' && { promptCount: usage.prompt_tokens }),
    ...(typeof cached === 'number' && { cachedTokens: cached }),
    ...(typeof model === 'string' && { model }),
  }
}
