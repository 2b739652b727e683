import type { z } from 'zod'
import type { Verifier } from '../verifier.ts'
import { combinedVerifier, type CombinedDefinition } from './combined-verifier.ts'

/**
 * A verifier that gives the score of the first of its parts that can decide, as where a judge is asked about replies that a
 * rule cannot read. Unscored where none can.
 */
export function firstScored(definition: CombinedDefinition): Verifier<z.ZodType<readonly unknown[]>> {
  return combinedVerifier(
    definition,
    (scores) => scores.find(({ status }) => status === 'scored') ?? null,
    (scores) => scores.at(-1)!,
  )
}
