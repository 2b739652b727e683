import { normaliseText } from '../normalise-text.ts'
import { choiceLetters, type ChoiceReference } from './choice-reference.ts'
import { choiceText, plainChoice } from './choice-text.ts'

/** How a letter was read (the first three), or why none was. */
export type ChoiceReading = 'letter' | 'option_text' | 'labelled_text' | 'two_options' | 'contradiction' | 'no_choice'

export interface ReadChoice {
  readonly letter: string | null
  readonly reading: ChoiceReading
}

/** "The correct answer is", "Option", "Answer:". */
const leadIn = /^(?:(?:the|my) )?(?:(?:correct|right|best|final) )?(?:answer|option|choice)\b(?: is)? ?:? ?/i
const alone = /^(?:([A-J])[.:)]?|\(([A-J])\)[.:]?|\[([A-J])\][.:]?)$/i
const labelled = /^(?:([A-J])(?:[.:)] ?| ?[–—-] | )|\(([A-J])\)[.:]? ?|\[([A-J])\][.:]? ?)([^ ][^]*)$/i

/**
 * The option that an extracted answer names and nothing more. Read in this order: a letter alone (`B`, `(B)`, `B.`,
 * `option B`); the whole text of one option; a letter and that option's whole text (`B: cotton`, `(B) cotton`). Any other
 * text beside a letter, and any at all where the options are not known, may hedge or deny, so it names no option. Linear time.
 */
export function readChoice(answer: string, { options, texts }: Pick<ChoiceReference, 'options' | 'texts'>): ReadChoice {
  const letters = options === undefined ? choiceLetters : choiceLetters.slice(0, options.length)
  const plain = plainChoice(normaliseText(answer, { case: false, trailingPeriod: false }))
  const bare = plainChoice(plain.replace(leadIn, '').replace(leadIn, ''))

  const single = letterOf(alone.exec(bare), letters)
  if (single !== null) return { letter: single, reading: 'letter' }

  const same = [...new Set([...indicesOf(texts, plain), ...indicesOf(texts, bare)])]
  if (same.length > 1) return { letter: null, reading: 'two_options' }
  if (same[0] !== undefined) return { letter: letters.charAt(same[0]), reading: 'option_text' }

  const withText = labelled.exec(bare)
  const letter = letterOf(withText, letters)
  if (letter === null) return { letter: null, reading: 'no_choice' }
  const named = indicesOf(texts, withText?.[4] ?? '')
  if (named.includes(letters.indexOf(letter))) return { letter, reading: 'labelled_text' }
  return { letter: null, reading: named.length > 0 ? 'contradiction' : 'no_choice' }
}

function letterOf(match: RegExpExecArray | null, letters: string): string | null {
  const letter = match
    ?.slice(1, 4)
    .find((group) => group?.length === 1)
    ?.toUpperCase()
  return letter !== undefined && letters.includes(letter) ? letter : null
}

function indicesOf(texts: readonly string[], text: string): number[] {
  const wanted = choiceText(text)
  return wanted === '' ? [] : texts.flatMap((one, index) => (one === wanted ? [index] : []))
}
