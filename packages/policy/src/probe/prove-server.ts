import { FaultError, isInterleaveError, type LogprobSemantics } from '@interleave/trajectory'
import { declareCapabilities } from '../declare-capabilities.ts'
import type { PolicyCapabilities } from '../policy.ts'
import { abortFrees, abortReturns } from './abort-canaries.ts'
import { prefixCache } from './cache-canary.ts'
import type { CanaryContext } from './canary-context.ts'
import type { CanaryName, Finding } from './finding.ts'
import { imageExpandedOnce } from './image-canary.ts'
import { idsKept, logprobMeaning, logprobPerToken, seedRepeats, stopIdKept, weightVersion } from './token-canaries.ts'

/** What was found out about a server, and what may be declared on it. */
export interface Proof {
  readonly findings: readonly Finding[]
  readonly capabilities: PolicyCapabilities
}

// These say that a server answers wrongly. Others, such as a lost connection, say nothing of what it can do.
const answers = new Set(['bad_answer', 'bad_reply', 'image_mismatch', 'prompt_mismatch', 'rejected', 'server_error'])

/** Runs the canaries: those that decide what is declared, and with `all` the others too. What is not proven is not declared. */
export async function proveServer(context: CanaryContext, all: boolean): Promise<Proof> {
  const { wire, identity, ask } = context
  const findings: Finding[] = []
  const attempt = async (canary: CanaryName, run: () => Finding | Promise<Finding>): Promise<boolean> => {
    let finding: Finding
    try {
      finding = await run()
    } catch (error) {
      if (!isInterleaveError(error) || !(error instanceof FaultError) || !answers.has(error.code)) throw error
      finding = { canary, verdict: 'failed', detail: error.message }
    }
    findings.push(finding)
    return finding.verdict === 'passed'
  }
  const first = await ask({})
  let meaning: LogprobSemantics = 'none'
  const exact = await attempt('ids kept', () => idsKept(context, first))
  const hasLogprobs = await attempt('logprob per token', () => logprobPerToken(context, first))
  await attempt('stop id kept', () => stopIdKept(context))
  if (hasLogprobs)
    await attempt('logprob meaning', async () => {
      const proven = await logprobMeaning(context)
      meaning = proven.meaning
      return proven.finding
    })
  const seeded = await attempt('seed', () => seedRepeats(context))
  const weightVersions = await attempt('weight version', () => weightVersion(first))
  const images = await attempt('image expanded once', () => imageExpandedOnce(context))
  // Where there is no order to end a request, closing its connection must do, and the server's own count says so.
  const byOrder = wire.abort !== undefined && (await attempt('abort', () => abortReturns(context)))
  const frees =
    (all || wire.abort === undefined) && (await attempt('abort frees the server', () => abortFrees(context)))
  if (all) await attempt('prefix cache', () => prefixCache(context))
  return {
    findings,
    capabilities: declareCapabilities({
      model: identity.model,
      driver: wire.driver,
      exact,
      images,
      logprobs: meaning,
      seeded,
      abort: byOrder || (wire.abort === undefined && frees),
      weightVersions,
      effectivePrompt: exact && first.prompt !== undefined,
      ...(identity.contextTokens !== undefined && { contextTokens: identity.contextTokens }),
    }),
  }
}
