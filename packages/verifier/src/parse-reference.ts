import { InterleaveError, messageOf } from '@interleave/trajectory'
import type { z } from 'zod'
import type { Verifier } from './verifier.ts'

/**
 * A task's reference in the form that the verifier wants: do this once per task, before any rollout of it.
 * Throws `bad_reference` with the field that does not fit.
 */
export function parseReference<Reference extends z.ZodType>(
  verifier: Verifier<Reference>,
  reference: unknown,
): z.output<Reference> {
  const refuse = (field: string, reason: string, cause: unknown): InterleaveError =>
    new InterleaveError('bad_reference', `${field} does not suit the verifier "${verifier.name}": ${reason}.`, {
      cause,
    })
  let parsed
  try {
    parsed = verifier.reference.safeParse(reference)
  } catch (error) {
    throw refuse('reference', messageOf(error), error)
  }
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw refuse(['reference', ...(issue?.path ?? [])].join('.'), issue?.message ?? 'it does not parse', parsed.error)
}
