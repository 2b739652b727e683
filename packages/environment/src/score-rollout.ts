import type { Score, Trajectory } from '@interleave/trajectory'
import { combineScores, runVerifier, verifierInput } from '@interleave/verifier'
import type { Environment } from './environment.ts'

/** Longest that one verifier may take: a judge behind a network needs most of it. */
const verifierTimeoutMs = 120_000

/** Every verifier's score, and the reward they combine to. Throws a `verifier` fault where one fails. */
export async function scoreRollout(
  environment: Environment,
  trajectory: Trajectory,
  references: readonly unknown[],
  signal: AbortSignal,
): Promise<{ scores: Score[]; reward: number | null }> {
  const input = verifierInput(trajectory)
  const scores: Score[] = []
  for (const [index, { verifier, weight }] of environment.verifiers.entries())
    scores.push(await runVerifier(verifier, input, references[index], { signal, timeoutMs: verifierTimeoutMs, weight }))
  return { scores, reward: combineScores(scores) }
}
