import type { JsonValue } from '@interleave/trajectory'
import { choiceLetters } from '@interleave/verifier'

/**
 * The reference that the verifier `question` takes: the answer, or the letter of the right option with all of them, whether
 * the answer names it by letter or by text. Undefined where the answer is none of the options.
 */
export function questionReference(answer: string, options: readonly string[]): JsonValue | undefined {
  if (options.length === 0) return answer
  const bare = answer.trim()
  if (bare === '') return undefined
  const named = options.indexOf(bare)
  const index = named === -1 && bare.length === 1 ? choiceLetters.indexOf(bare.toUpperCase()) : named
  const letter = choiceLetters.charAt(index)
  return letter === '' || index >= options.length ? undefined : { choice: { letter, options: [...options] } }
}
