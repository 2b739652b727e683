import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostileTexts } from '../testing/hostile-texts.ts'
import { choiceReferenceSchema } from './choice-reference.ts'
import { readChoice, type ChoiceReading } from './read-choice.ts'

const bare = choiceReferenceSchema.parse('A')
const glove = choiceReferenceSchema.parse({ letter: 'A', options: ['rubber', 'cotton', 'kevlar', 'A blue glove.'] })

describe('readChoice', () => {
  test.each<[string, string | null, ChoiceReading]>([
    ['A', 'A', 'letter'],
    ['a', 'A', 'letter'],
    ['Ｂ', 'B', 'letter'],
    ['(A)', 'A', 'letter'],
    ['[c]', 'C', 'letter'],
    ['A.', 'A', 'letter'],
    ['**(B)**', 'B', 'letter'],
    ['$B$', 'B', 'letter'],
    [String.raw`\(B\)`, 'B', 'letter'],
    [String.raw`\text{J}`, 'J', 'letter'],
    ['option A', 'A', 'letter'],
    ['The correct answer is: option (D).', 'D', 'letter'],
    ['A: rubber', 'A', 'labelled_text'],
    ['(A) rubber', 'A', 'labelled_text'],
    [String.raw`\textbf{(D) }60\text{ cm}`, 'D', 'labelled_text'],
    ['B. A man holds it', 'B', 'labelled_text'],
    ['B - I think so', 'B', 'labelled_text'],
    ['A or B', null, 'no_choice'],
    ['AB', null, 'no_choice'],
    ['A/B', null, 'no_choice'],
    ['A, B', null, 'no_choice'],
    ['A. or B', null, 'two_options'],
    ['B. A or B', null, 'two_options'],
    ['B: not (a)', null, 'two_options'],
    ['D.C.', null, 'two_options'],
    ['C. kevlar and D. leather', null, 'two_options'],
    ['A glove made of cotton', null, 'no_choice'],
    ['rubber', null, 'no_choice'],
    ['K', null, 'no_choice'],
    ['Answer', null, 'no_choice'],
    ['It is B', null, 'no_choice'],
    ['', null, 'no_choice'],
  ])('%j with letters alone', (answer, letter, reading) => {
    expect(readChoice(answer, bare)).toEqual({ letter, reading })
  })

  test.each<[string, string | null, ChoiceReading]>([
    ['Rubber.', 'A', 'option_text'],
    ['the answer is cotton', 'B', 'option_text'],
    ['A blue glove', 'D', 'option_text'],
    ['D: a blue glove', 'D', 'labelled_text'],
    ['A rubber', 'A', 'labelled_text'],
    ['a blue glove', 'D', 'option_text'],
    ['A. cotton', null, 'contradiction'],
    ['A. rubber', 'A', 'labelled_text'],
    ['A cotton', null, 'no_choice'],
    ['rubber or cotton', null, 'no_choice'],
    ['E', null, 'no_choice'],
    ['A: E is a letter as well', 'A', 'labelled_text'],
  ])('%j with options', (answer, letter, reading) => {
    expect(readChoice(answer, glove)).toEqual({ letter, reading })
  })

  test('options that read alike or like letters', () => {
    const alike = choiceReferenceSchema.parse({ letter: 'A', options: ['two', 'Two.', ''] })
    expect(readChoice('two', alike)).toEqual({ letter: null, reading: 'two_options' })
    expect(readChoice('A. two', alike)).toEqual({ letter: 'A', reading: 'labelled_text' })
    expect(readChoice('answer:', alike)).toEqual({ letter: null, reading: 'no_choice' })
    const letters = choiceReferenceSchema.parse({ letter: 'A', options: ['B', 'A'] })
    expect(readChoice('A', letters)).toEqual({ letter: 'A', reading: 'letter' })
  })

  test('a letter is never found in a sentence that two letters stand in', () => {
    const letter = fc.constantFrom('A', 'B', 'D', 'H', 'I', 'J')
    const joiner = fc.constantFrom(' or ', ' and ', ', ', '/', '; ', ' ', '. ', ': ', ') ', ' - ')
    fc.assert(
      fc.property(letter, joiner, letter, (first, between, second) => {
        fc.pre(first !== second)
        expect(readChoice(`${first}${between}${second}`, bare).letter).toBeNull()
      }),
    )
  })

  test.each(hostileTexts())('reads no letter in 100 KB of $name', ({ text }) => {
    expect(readChoice(text, bare).letter).toBeNull()
    expect(readChoice(`A: ${text}`, glove).letter).not.toBe('B')
  })
})
