import type { Score } from '@interleave/trajectory'
import { combineScores } from './combine-scores.ts'
import { parseReference } from './parse-reference.ts'
import { runVerifier, type RunVerifierOptions } from './run-verifier.ts'
import type { Verifier, VerifierInput } from './verifier.ts'

/** A verifier and its share of the reward. */
export interface WeightedVerifier {
  readonly verifier: Verifier
  /** Default 1. A weight of 0 records the score and leaves the reward alone. */
  readonly weight?: number
}

/**
 * The scores of several verifiers, run one after another, and the reward they combine to (`combineScores`). The reference
 * is parsed for each of them first: one that suits not all of them throws `bad_reference` before any verifier runs.
 */
export async function runVerifiers(
  parts: readonly WeightedVerifier[],
  input: VerifierInput,
  reference: unknown,
  options: Omit<RunVerifierOptions, 'weight'> = {},
): Promise<{ scores: Score[]; reward: number | null }> {
  const references = parts.map(({ verifier }) => parseReference(verifier, reference))
  const scores: Score[] = []
  for (const [index, { verifier, weight = 1 }] of parts.entries())
    scores.push(await runVerifier(verifier, input, references[index], { ...options, weight }))
  return { scores, reward: combineScores(scores) }
}
