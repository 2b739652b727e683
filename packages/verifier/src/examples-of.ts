import { InterleaveError } from '@interleave/trajectory'
import type { z } from 'zod'
import type { Verifier, VerifierExamples } from './verifier.ts'

/** The example replies of a verifier for a parsed reference. Throws `no_examples` for a verifier that has none. */
export function examplesOf<Reference extends z.ZodType>(
  verifier: Verifier<Reference>,
  reference: z.output<Reference>,
): VerifierExamples {
  const examples = verifier.examples?.(reference)
  if (examples !== undefined) return examples
  throw new InterleaveError(
    'no_examples',
    `Verifier "${verifier.name}" has no examples; give it a function that returns a reply to accept and one to reject.`,
  )
}
