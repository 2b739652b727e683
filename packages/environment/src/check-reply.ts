import type { GenerateResult, PolicyCapabilities } from '@interleave/policy'
import { FaultError } from '@interleave/trajectory'

/** Refuses a reply that contradicts the request or the policy's own declaration, as a fault of the policy's boundary. */
export function checkReply(result: GenerateResult, maxTokens: number, capabilities: PolicyCapabilities): void {
  const refuse = (reason: string): never => {
    throw new FaultError('policy', 'bad_reply', `The policy ${capabilities.driver} (${capabilities.model}) ${reason}.`)
  }
  const { entropies, logprobs, tokens } = result
  if (tokens.length > maxTokens) refuse(`returned ${tokens.length} tokens where at most ${maxTokens} were asked for`)
  if (tokens.length === 0 && result.finish !== 'abort') refuse(`returned no token and finish "${result.finish}"`)
  for (const token of tokens) if (!Number.isSafeInteger(token) || token < 0) refuse(`returned ${token} as a token id`)
  if (entropies !== undefined && entropies.length !== tokens.length)
    refuse(`returned ${entropies.length} entropies for ${tokens.length} tokens`)
  if (capabilities.logprobs === 'none') return
  if (logprobs === undefined || logprobs.length !== tokens.length)
    return refuse(`declares logprobs and returned ${logprobs?.length ?? 'none'} for ${tokens.length} tokens`)
  for (const logprob of logprobs)
    if (!Number.isFinite(logprob) || logprob > 1e-6) refuse(`returned ${logprob} as a logprob`)
}
