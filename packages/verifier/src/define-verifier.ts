import { InterleaveError } from '@interleave/trajectory'
import type { z } from 'zod'
import type { Verifier } from './verifier.ts'

/** Lower-case words and digits joined by `-`, `_`, `.` or `/`: `exact-match`, `vstar/official`. */
export const verifierNamePattern: RegExp = /^[a-z][a-z0-9]*(?:[-_./][a-z0-9]+)*$/

/**
 * A verifier, checked and frozen. The type of `reference` in `verify` and `examples` follows from the schema.
 * Throws `bad_verifier` for a name that does not match `verifierNamePattern`, or an empty version.
 */
export function defineVerifier<Reference extends z.ZodType>(verifier: Verifier<Reference>): Verifier<Reference> {
  if (!verifierNamePattern.test(verifier.name))
    throw new InterleaveError(
      'bad_verifier',
      `"${verifier.name}" is no name for a verifier; use lower-case words joined by "-", "_", "." or "/".`,
    )
  if (verifier.version === '')
    throw new InterleaveError('bad_verifier', `Verifier "${verifier.name}" needs a version, such as "1".`)
  return Object.freeze({ ...verifier })
}
