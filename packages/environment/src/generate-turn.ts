import type { GenerateRequest, GenerateResult } from '@interleave/policy'
import { FaultError } from '@interleave/trajectory'
import { toFault } from './boundary.ts'
import { checkReply } from './check-reply.ts'
import { checkEffectivePrompt } from './continuity.ts'
import type { LoopContext } from './loop-context.ts'
import type { SampledTokens } from './turn-pieces.ts'

/** One reply of the policy, checked and added to the record's tokens. */
export async function generateTurn(
  context: LoopContext,
  number: number,
  limits: { readonly maxTokens: number; readonly seed: number },
): Promise<{ drawn: SampledTokens; finish: 'stop' | 'length' }> {
  const { environment, policy, record, request, signal, template, timing } = context
  const started = performance.now()
  const prompt = record.tokens.length
  const asked: GenerateRequest = {
    tokens: record.tokens,
    images: record.images,
    sampling: { ...environment.sampling, ...limits, stopTokens: template.stopTokens },
    requestId: `${request.id}/t${number}`,
    sessionKey: request.sessionKey,
    signal,
  }
  let result: GenerateResult
  try {
    result = await policy.generate(asked)
    checkReply(result, asked, policy.capabilities)
  } catch (error) {
    signal.throwIfAborted()
    throw toFault('policy', error)
  }
  signal.throwIfAborted()
  timing.generateMs.push(performance.now() - started)
  const { cachedTokens, effectivePrompt, entropies, finish, logprobs, tokens, weightVersions } = result
  if (finish === 'abort')
    throw new FaultError(
      'policy',
      'aborted',
      'The policy server ended a request that nobody had cancelled; run the rollout again.',
    )
  if (record.tokens.length !== prompt)
    throw new FaultError(
      'policy',
      'request_changed',
      'The policy changed the token array of its request, which is only lent to it.',
    )
  if (cachedTokens !== undefined && cachedTokens >= 0)
    timing.cachedTokens = (timing.cachedTokens ?? 0) + Math.trunc(cachedTokens)
  if (effectivePrompt !== undefined) checkEffectivePrompt(record, effectivePrompt)
  record.turns.push({ prompt, sampled: tokens.length, finish })
  record.extendTurn(tokens)
  const drawn: SampledTokens = {
    tokens,
    ...(policy.capabilities.logprobs !== 'none' && logprobs !== undefined && { logprobs }),
    ...(entropies !== undefined && { entropies }),
    ...(weightVersions !== undefined && { weightVersions }),
  }
  return { drawn, finish }
}
