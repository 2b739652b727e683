import type { JsonValue, Score } from '@interleave/trajectory'
import type { z } from 'zod'
import { parseReference } from '../parse-reference.ts'
import { runVerifier } from '../run-verifier.ts'
import type { Verdict, Verifier } from '../verifier.ts'

/** One reference of a verifier under test. */
export interface Case<Reference extends z.ZodType = z.ZodType> {
  readonly reference: z.output<Reference>
  /** The reference as it was given, for messages. */
  readonly shown: string
  /** The verifier's own verdict, as it returned it. */
  verdict(text: string): Promise<Verdict>
}

/** A verifier under test with its references, which are parsed when a check first needs them. */
export function subjectOf<Reference extends z.ZodType>(
  verifier: Verifier<Reference>,
  references: readonly JsonValue[],
  timeoutMs: number,
): { cases: () => Case<Reference>[]; judge: (one: Case<Reference>, text: string) => Promise<Score> } {
  return {
    cases: () =>
      references.map((raw) => {
        const reference = parseReference(verifier, raw)
        return {
          reference,
          shown: JSON.stringify(raw),
          verdict: async (text) => verifier.verify({ text }, reference, { signal: AbortSignal.timeout(timeoutMs) }),
        }
      }),
    judge: (one, text) => runVerifier(verifier, { text }, one.reference, { timeoutMs }),
  }
}
