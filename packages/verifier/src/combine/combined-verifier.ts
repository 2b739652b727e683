import { InterleaveError, type JsonObject, type Score } from '@interleave/trajectory'
import { z } from 'zod'
import { defineVerifier } from '../define-verifier.ts'
import { toScore } from '../to-score.ts'
import { examplesOf } from '../examples-of.ts'
import type { Verdict, Verifier } from '../verifier.ts'

export interface CombinedDefinition {
  readonly name: string
  /** Run in this order, one after another. */
  readonly parts: readonly Verifier[]
}

/** How the scores so far combine; `null` while a later part may still change the verdict. */
export type Decide = (scores: readonly Score[]) => Score | null

/**
 * A verifier out of several for one reference, which must suit them all. Parts run in order until `decide` knows, so a
 * costly judge comes last. `undecided` gives the verdict where all have run.
 */
export function combinedVerifier(
  definition: CombinedDefinition,
  decide: Decide,
  undecided: (scores: readonly Score[]) => Score,
): Verifier<z.ZodType<readonly unknown[]>> {
  const parts = [...definition.parts]
  if (parts.length === 0) throw new InterleaveError('bad_verifier', `Verifier "${definition.name}" has no parts.`)
  const index = parts.findIndex((part) => part.examples !== undefined)
  const exemplary = parts[index]
  return defineVerifier<z.ZodType<readonly unknown[]>>({
    name: definition.name,
    version: parts.map(({ name, version }) => `${name}@${version}`).join('+'),
    reference: z.unknown().transform((value, context) => parts.map((part) => parsePart(part, value, context))),
    async verify(input, references, context): Promise<Verdict> {
      const scores: Score[] = []
      for (const [index, part] of parts.entries()) {
        scores.push(toScore(part, await part.verify(input, references[index], context), 1))
        const decided = decide(scores)
        if (decided !== null) return toVerdict(decided, scores)
      }
      return toVerdict(undecided(scores), scores)
    },
    ...(exemplary === undefined ? {} : { examples: (references) => examplesOf(exemplary, references[index]) }),
  })
}

function parsePart(part: Verifier, value: unknown, context: z.core.$RefinementCtx): unknown {
  const parsed = part.reference.safeParse(value)
  if (parsed.success) return parsed.data
  for (const { path, message } of parsed.error.issues)
    context.issues.push({ code: 'custom', input: value, path: [...path], message: `${message} (${part.name})` })
  return z.NEVER
}

function toVerdict({ verifier, score, answer, explanation }: Score, scores: readonly Score[]): Verdict {
  const parts = scores.map(({ verifier, score, explanation }): JsonObject => ({ verifier, score, explanation }))
  const shared = { answer, explanation: `${verifier}: ${explanation}`, details: { parts } }
  return score === null ? { status: 'unscored', ...shared } : { status: 'scored', score, ...shared }
}
