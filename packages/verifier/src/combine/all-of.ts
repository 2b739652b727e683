import type { z } from 'zod'
import type { Verifier } from '../verifier.ts'
import { combinedVerifier, type CombinedDefinition } from './combined-verifier.ts'
import { extremeScore } from './extreme-score.ts'

/**
 * A verifier that gives the lowest score of its parts, as where an answer counts only in the right format. It stops at the
 * first 0; without one, a part that is unscored leaves the whole unscored.
 */
export function allOf(definition: CombinedDefinition): Verifier<z.ZodType<readonly unknown[]>> {
  return combinedVerifier(
    definition,
    (scores) => scores.find(({ score }) => score === 0) ?? null,
    (scores) => extremeScore(scores, (score, best) => score < best),
  )
}
