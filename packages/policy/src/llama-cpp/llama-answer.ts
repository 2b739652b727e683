import { z } from 'zod'
import type { Answer } from '../http/exchange.ts'
import { readJson } from '../http/read-json.ts'
import { idsSchema, logprobRecordsSchema } from '../wire/number-schemas.ts'
import type { WireReply, WireTurn } from '../wire/wire.ts'

const answerSchema = z.object({
  tokens: idsSchema,
  stop_type: z.enum(['none', 'eos', 'limit', 'word']),
  truncated: z.boolean().nullish(),
  completion_probabilities: logprobRecordsSchema.nullish(),
  tokens_evaluated: z.int().nonnegative().nullish(),
  timings: z.object({ cache_n: z.int().nonnegative().nullish() }).nullish(),
})

/**
 * Reads an answer of `/completion`. The server stops at its own ends of a turn alone, so that what it drew after a stop
 * token of the request is cut off here: the tokens up to it were drawn as if it had stopped there.
 */
export function readLlamaAnswer(answer: Answer, { sampling }: WireTurn): WireReply {
  const read = readJson(answer, answerSchema, '/completion')
  const stop = read.tokens.findIndex((token) => sampling.stopTokens.includes(token))
  const tokens = stop === -1 ? read.tokens : read.tokens.slice(0, stop + 1)
  const cached = read.timings?.cache_n
  return {
    tokens,
    // An end of a turn that nobody asked for is like a full context: no stop token ends the reply.
    finish: stop === -1 ? 'length' : 'stop',
    ...logprobsOf(read.completion_probabilities ?? undefined, tokens),
    ...(typeof read.tokens_evaluated === 'number' && { promptCount: read.tokens_evaluated }),
    ...(typeof cached === 'number' && { cachedTokens: cached }),
  }
}

/**
 * One for each token, or as many as there are. The server leaves out those of tokens that end within a character: such a
 * reply lacks logprobs, and must not borrow those of its neighbours. Connecting finds that out.
 */
function logprobsOf(
  records: readonly { logprob: number; id?: number }[] | undefined,
  tokens: readonly number[],
): { logprobs?: number[] } {
  if (records === undefined) return {}
  const logprobs: number[] = []
  for (const { id, logprob } of records) {
    if (logprobs.length === tokens.length || id !== tokens[logprobs.length]) break
    logprobs.push(logprob)
  }
  return { logprobs }
}
