import { FaultError, InterleaveError, isInterleaveError, messageOf, type Score } from '@interleave/trajectory'
import type { z } from 'zod'
import { VerifierDeadline } from './verifier-deadline.ts'
import { toScore } from './to-score.ts'
import type { Verdict, Verifier, VerifierInput } from './verifier.ts'

export interface RunVerifierOptions {
  /** The rollout's. When it fires, the call rejects with its reason. */
  readonly signal?: AbortSignal
  /** Longest wait for a verdict that comes later. Default 60,000. Code that never yields cannot be interrupted. */
  readonly timeoutMs?: number
  /** Share in the reward. Default 1. */
  readonly weight?: number
}

/**
 * One verifier's score of one answer. `reference` is what `parseReference` returned.
 * A verifier that throws, exceeds its deadline or returns something else than a verdict is a `FaultError` of the boundary
 * `verifier` (`verifier_threw`, `verifier_timeout`, `bad_verdict`): the rollout is void, never scored 0.
 */
export async function runVerifier<Reference extends z.ZodType>(
  verifier: Verifier<Reference>,
  input: VerifierInput,
  reference: z.output<Reference>,
  options: RunVerifierOptions = {},
): Promise<Score> {
  const { signal, timeoutMs = 60_000, weight = 1 } = options
  if (!(weight >= 0 && weight < Infinity))
    throw new InterleaveError(
      'bad_weight',
      `A weight of ${weight} for "${verifier.name}" is not 0 or a number above it.`,
    )
  signal?.throwIfAborted()
  const deadline = new VerifierDeadline(verifier.name, timeoutMs, signal)
  let verdict: Verdict
  try {
    const returned = verifier.verify(input, reference, deadline)
    verdict = isPromise(returned) ? await deadline.settle(returned) : returned
  } catch (error) {
    signal?.throwIfAborted()
    if (isInterleaveError(error) && 'boundary' in error && error.boundary === 'verifier') throw error
    throw new FaultError('verifier', 'verifier_threw', `Verifier "${verifier.name}" failed: ${messageOf(error)}`, {
      cause: error,
    })
  }
  return toScore(verifier, verdict, weight)
}

function isPromise(value: Verdict | Promise<Verdict>): value is Promise<Verdict> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
