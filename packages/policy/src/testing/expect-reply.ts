import { expectCheck } from '@interleave/trajectory/testing'
import type { GenerateRequest, GenerateResult, PolicyCapabilities } from '../policy.ts'

/** Fails unless a reply to a request that nobody aborted has the declared form. */
export function expectReply(
  capabilities: PolicyCapabilities,
  { sampling }: GenerateRequest,
  { tokens, logprobs, finish }: GenerateResult,
): void {
  expectCheck(Array.isArray(tokens) && tokens.length > 0, 'no token was drawn')
  for (const token of tokens) expectCheck(Number.isSafeInteger(token) && token >= 0, `${token} is no token id`)
  expectCheck(finish === 'stop' || finish === 'length', `finish is "${finish}" and nobody aborted`)
  const stopped = sampling.stopTokens.includes(tokens.at(-1) ?? -1)
  expectCheck(stopped === (finish === 'stop'), `finish is "${finish}" and the last token is ${tokens.at(-1)}`)
  if (capabilities.logprobs === 'none') {
    expectCheck(logprobs === undefined, 'logprobs came and are declared "none"; say what they are of')
    return
  }
  expectCheck(logprobs?.length === tokens.length, `${logprobs?.length ?? 0} logprobs came for ${tokens.length} tokens`)
  for (const logprob of logprobs)
    expectCheck(Number.isFinite(logprob) && logprob <= 0, `${logprob} is no logarithm of a probability`)
}
