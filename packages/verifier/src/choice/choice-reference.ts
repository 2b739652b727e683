import { z } from 'zod'
import { choiceText } from './choice-text.ts'

export const choiceLetters = 'ABCDEFGHIJ'

const letter = z.string().regex(/^[A-J]$/, 'expected one letter from A to J')

/** A right letter, and what the options say where that is known: the first belongs to A. */
export interface ChoiceReference {
  readonly letter: string
  readonly options?: readonly string[]
  /** The options' texts as answers are compared with them. */
  readonly texts: readonly string[]
}

/** A letter from A to J, or `{ letter, options }` with two to ten options of which the letter names one. */
export const choiceReferenceSchema: z.ZodType<ChoiceReference> = z
  .union([letter, z.strictObject({ letter, options: z.array(z.string()).min(2).max(choiceLetters.length) })], {
    error: 'expected a letter from A to J, or { letter, options }',
  })
  .superRefine((value, check) => {
    if (typeof value === 'string' || choiceLetters.indexOf(value.letter) < value.options.length) return
    check.addIssue({ code: 'custom', path: ['letter'], message: `there are only ${value.options.length} options` })
  })
  .transform((value): ChoiceReference =>
    typeof value === 'string' ? { letter: value, texts: [] } : { ...value, texts: value.options.map(choiceText) },
  )
