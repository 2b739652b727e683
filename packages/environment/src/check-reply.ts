import type { GenerateRequest, GenerateResult, PolicyCapabilities } from '@interleave/policy'
import { FaultError } from '@interleave/trajectory'

/**
 * Refuses a reply that contradicts its request or what the policy declares, as a `bad_reply` fault of the policy. By hand
 * and not by a schema: this runs for every turn.
 */
export function checkReply(result: GenerateResult, { sampling }: GenerateRequest, declared: PolicyCapabilities): void {
  const refuse = (reason: string): never => {
    throw new FaultError('policy', 'bad_reply', `The policy ${declared.driver} (${declared.model}) ${reason}.`)
  }
  if (typeof result !== 'object' || result === null) return refuse(`returned ${String(result)} for a reply`)
  const { effectivePrompt, entropies, finish, logprobs, tokens, weightVersions } = result
  if (!Array.isArray(tokens)) return refuse('returned no array of token ids')
  if (finish === 'abort') return
  if (finish !== 'stop' && finish !== 'length') return refuse(`ended with "${String(finish)}"`)
  const count = tokens.length
  if (count > sampling.maxTokens) refuse(`returned ${count} tokens where at most ${sampling.maxTokens} were asked for`)
  if (count === 0) refuse(`returned no token and ended with "${finish}"`)
  for (let index = 0; index < count; index += 1) {
    const token = tokens[index] as number
    if (!Number.isSafeInteger(token) || token < 0) refuse(`returned ${token} as a token id`)
    const stops = sampling.stopTokens.includes(token)
    // What stands after the end of a turn would be nobody's.
    if (stops && index < count - 1) refuse(`went on after the stop token ${token}`)
    if (index === count - 1 && stops !== (finish === 'stop')) refuse(`ended with "${finish}" at the token ${token}`)
  }
  if (declared.logprobs !== 'none') {
    if (!areNumbers(logprobs, count)) return refuse(`returned no logprob, a finite number, for each of ${count} tokens`)
    for (const logprob of logprobs) if (logprob > 1e-6) refuse(`returned ${logprob} as a logprob`)
  }
  if (entropies !== undefined && !areNumbers(entropies, count))
    refuse(`returned no entropy for each of ${count} tokens`)
  if (effectivePrompt === undefined ? declared.effectivePrompt : !Array.isArray(effectivePrompt))
    refuse('declares to return the prompt as the model saw it, and did not')
  if (weightVersions === undefined ? declared.weightVersions : !areVersions(weightVersions, count))
    refuse(`declares weight versions and returned none that cover its ${count} tokens in order`)
}

function areNumbers(values: unknown, count: number): values is number[] {
  if (!Array.isArray(values) || values.length !== count) return false
  for (const value of values) if (!Number.isFinite(value)) return false
  return true
}

function areVersions(versions: unknown, count: number): boolean {
  if (!Array.isArray(versions)) return false
  let at = 0
  for (const { end, start, version } of versions as Partial<Record<string, unknown>>[]) {
    if (typeof version !== 'string' || start !== at || typeof end !== 'number' || !(end > at)) return false
    at = end
  }
  return at === count
}
