import type { z } from 'zod'
import type { Verifier } from '../verifier.ts'
import { combinedVerifier, type CombinedDefinition } from './combined-verifier.ts'
import { extremeScore } from './extreme-score.ts'

/**
 * A verifier that gives the highest score of its parts, as where a rule comes first and a judge is asked about what the rule
 * rejects. It stops at the first 1; without one, a part that is unscored leaves the whole unscored.
 */
export function anyOf(definition: CombinedDefinition): Verifier<z.ZodType<readonly unknown[]>> {
  return combinedVerifier(
    definition,
    (scores) => scores.find(({ score }) => score === 1) ?? null,
    (scores) => extremeScore(scores, (score, best) => score > best),
  )
}
