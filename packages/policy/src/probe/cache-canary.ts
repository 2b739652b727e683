import type { CanaryContext } from './canary-context.ts'
import type { Finding } from './finding.ts'

const promptTokens = 600

/** Whether a prompt that was there before is taken from the server's cache. */
export async function prefixCache({ ask, ids, identity, wire, client, signal }: CanaryContext): Promise<Finding> {
  const canary = 'prefix cache'
  const length = Math.min(promptTokens, Math.floor((identity.contextTokens ?? promptTokens) / 2))
  const tokens = Array.from({ length }, (_, at) => ids.letters[(at * at + at) % ids.letters.length] ?? 0)
  await ask({ tokens, maxTokens: 1 })
  const before = await wire.cacheHits?.(client, signal)
  const { cachedTokens } = await ask({ tokens, maxTokens: 1 })
  if (cachedTokens !== undefined)
    return {
      canary,
      verdict: cachedTokens > 0 ? 'passed' : 'failed',
      detail: `${cachedTokens} of ${length} tokens of a prompt sent twice came from the cache`,
    }
  const after = await wire.cacheHits?.(client, signal)
  if (before === undefined || after === undefined)
    return { canary, verdict: 'not_proven', detail: 'the server does not tell' }
  return {
    canary,
    verdict: after > before ? 'passed' : 'failed',
    detail: `its count of cached tokens grew by ${after - before} with a prompt of ${length} sent twice`,
  }
}
