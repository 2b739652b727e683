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
const alone = /^(?:([A-J])|\(([A-J])\)|\[([A-J])\])[.,;:)\]-]*$/i
const labelled = /^(?:([A-J])(?:[.:)]| ?[–—-] )|\(([A-J])\)[.:]?|\[([A-J])\][.:]?) ?([^ ][^]*)$/i
const unlabelled = /^([A-J]) ([^]+)$/i
// A and I are words as well: followed by a lower-case word they are not taken for a letter, unless it says "or", "and", "is".
const named = /(?<![\p{L}\p{N}_])(?:[B-HJ]|[AI](?! (?!(?:or|and|is)\b)\p{Ll}))(?![\p{L}\p{N}_'’])|[([][A-Ja-j][)\]]/gu

/**
 * The option that an extracted answer names. Read in this order: a letter alone (`B`, `(B)`, `B.`, `option B`); the whole
 * text of one option; a letter and text (`B: cotton`, `(B) cotton`), whose text must not be another option's nor name
 * another letter. A letter inside a sentence is never looked for. Linear time.
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
  if (letter !== null) return judgeLabelled(letter, withText?.[4] ?? '', letters, texts)

  // No mark between letter and text, as in "A glove": only the option's own text makes it a label.
  const words = unlabelled.exec(bare)
  const first = letterOf(words, letters)
  const fits = first !== null && indicesOf(texts, words?.[2] ?? '').includes(letters.indexOf(first))
  return fits ? { letter: first, reading: 'labelled_text' } : { letter: null, reading: 'no_choice' }
}

function judgeLabelled(letter: string, text: string, letters: string, texts: readonly string[]): ReadChoice {
  const same = indicesOf(texts, text)
  if (same.includes(letters.indexOf(letter))) return { letter, reading: 'labelled_text' }
  if (same.length > 0) return { letter: null, reading: 'contradiction' }
  for (const [match] of text.matchAll(named)) {
    const other = match.replace(/[^A-J]/gi, '').toUpperCase()
    if (other !== letter && letters.includes(other)) return { letter: null, reading: 'two_options' }
  }
  return { letter, reading: 'labelled_text' }
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
