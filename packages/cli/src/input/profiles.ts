import { exactMatch, multipleChoice, type Verifier } from '@interleave/verifier'
import { InterleaveError } from '@interleave/trajectory'

const profiles: Record<string, () => Verifier> = {
  'exact-match': () => exactMatch(),
  'multiple-choice': () => multipleChoice(),
}

/** Names of the verifiers that `interleave score` knows. */
export const profileNames: readonly string[] = Object.keys(profiles)

/** A verifier by its name. Throws `usage` with the names there are. */
export function verifierOf(profile: string): Verifier {
  const make = profiles[profile]
  if (make === undefined)
    throw new InterleaveError('usage', `There is no verifier "${profile}". There are ${profileNames.join(', ')}.`)
  return make()
}
