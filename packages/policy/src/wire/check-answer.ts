import { FaultError } from '@interleave/trajectory'
import type { GenerateResult, PolicyCapabilities } from '../policy.ts'
import { checkPrompt } from './fold-prompt.ts'
import type { WireReply, WireTurn } from './wire.ts'

// What vLLM writes where it has no number for the token that it drew.
const noLogprob = -9999

/**
 * A reply as the policy gives it on, once it holds against what was asked and what is declared. Throws `bad_reply`,
 * `prompt_mismatch` or `model_changed`: a wrong sample is never given on.
 */
export function checkAnswer(
  reply: WireReply,
  turn: WireTurn,
  declared: PolicyCapabilities,
  imagePad: number | undefined,
): GenerateResult {
  const { tokens, logprobs, cachedTokens, weightVersions } = reply
  if (reply.model !== undefined && reply.model !== turn.model)
    throw new FaultError(
      'policy',
      'model_changed',
      `The policy server answers for the model "${reply.model}" and was asked for "${turn.model}"; connect again.`,
    )
  const last = tokens.at(-1)
  const stopped = last !== undefined && turn.sampling.stopTokens.includes(last)
  // A stop token at the very limit is a stop.
  const finish = reply.finish === 'length' && stopped ? 'stop' : reply.finish
  if (tokens.length > turn.sampling.maxTokens)
    refuse(`returned ${tokens.length} tokens where at most ${turn.sampling.maxTokens} were asked for`)
  if (tokens.length === 0 && finish !== 'abort') refuse('returned no tokens')
  if (finish === 'stop' && !stopped)
    refuse(
      `stopped at the token ${last}, which is none of the stop tokens ${turn.sampling.stopTokens.join(', ')}; start it without its own ends of a turn, or add that token`,
    )
  const inside = tokens.findIndex((token, at) => at < tokens.length - 1 && turn.sampling.stopTokens.includes(token))
  if (inside !== -1) refuse(`went on after the stop token ${tokens[inside]}`)
  if (declared.logprobs !== 'none' && (logprobs?.length ?? 0) !== tokens.length)
    refuse(`returned ${logprobs?.length ?? 0} logprobs for ${tokens.length} tokens; every token needs its own`)
  if (declared.logprobs !== 'none' && logprobs?.some((logprob) => logprob <= noLogprob))
    refuse(`returned ${noLogprob} for a logprob, which stands for none`)
  const ended = reply.finish === 'abort'
  if (reply.prompt !== undefined) checkPrompt(turn.tokens, reply.prompt, reply.placeholders ?? [], imagePad)
  else if (declared.effectivePrompt && !ended) refuse('did not return the prompt that the model saw')
  if (declared.weightVersions && !ended && !covers(weightVersions, tokens.length))
    refuse('returned no weight versions that cover its tokens in order')
  const matchedStop = reply.matchedStop ?? (finish === 'stop' ? last : undefined)
  return {
    tokens,
    finish,
    ...(declared.logprobs !== 'none' && { logprobs: logprobs ?? [] }),
    ...(finish === 'stop' && matchedStop !== undefined && { matchedStop }),
    ...(declared.effectivePrompt && reply.prompt !== undefined && { effectivePrompt: reply.prompt }),
    ...(declared.weightVersions && { weightVersions: weightVersions ?? [] }),
    ...(cachedTokens !== undefined && { cachedTokens }),
  }
}

function refuse(what: string): never {
  throw new FaultError('policy', 'bad_reply', `The policy server ${what}.`)
}

function covers(spans: GenerateResult['weightVersions'], count: number): boolean {
  let at = 0
  for (const { start, end } of spans ?? []) {
    if (start !== at || end <= start) return false
    at = end
  }
  return at === count
}
