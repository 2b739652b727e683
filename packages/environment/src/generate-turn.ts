import type { GenerateResult } from '@interleave/policy'
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
  let result: GenerateResult
  try {
    result = await policy.generate({
      tokens: record.tokens,
      images: record.images,
      sampling: { ...environment.sampling, ...limits, stopTokens: template.stopTokens },
      requestId: `${request.id}/t${number}`,
      sessionKey: request.sessionKey,
      signal,
    })
  } catch (error) {
    signal.throwIfAborted()
    throw toFault('policy', error)
  }
  timing.generateMs.push(performance.now() - started)
  if (result.cachedTokens !== undefined) timing.cachedTokens = (timing.cachedTokens ?? 0) + result.cachedTokens
  signal.throwIfAborted()
  const { finish, tokens, weightVersions } = result
  if (finish === 'abort')
    throw new FaultError(
      'policy',
      'aborted',
      'The policy server ended a request that nobody had cancelled; run the rollout again.',
    )
  checkReply(result, limits.maxTokens, policy.capabilities)
  if (result.effectivePrompt !== undefined)
    checkEffectivePrompt(record.tokens, result.effectivePrompt, record.segments, record.imagePad)
  record.turns.push({ prompt, sampled: tokens.length, finish })
  record.extendTurn(tokens)
  const drawn: SampledTokens = {
    tokens,
    ...(policy.capabilities.logprobs !== 'none' && result.logprobs !== undefined && { logprobs: result.logprobs }),
    ...(result.entropies !== undefined && { entropies: result.entropies }),
    ...(weightVersions !== undefined && { weightVersions }),
  }
  return { drawn, finish }
}
