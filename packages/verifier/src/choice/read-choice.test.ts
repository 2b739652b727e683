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
    ['A:', 'A', 'letter'],
    ['A)', 'A', 'letter'],
    ['(A).', 'A', 'letter'],
    ['A: rubber', null, 'no_choice'],
    ['(A) rubber', null, 'no_choice'],
    [String.raw`\textbf{(D) }60\text{ cm}`, null, 'no_choice'],
    ['B - I think so', null, 'no_choice'],
    ['A or B', null, 'no_choice'],
    ['AB', null, 'no_choice'],
    ['A/B', null, 'no_choice'],
    ['A, B', null, 'no_choice'],
    ['A. or B', null, 'no_choice'],
    ['B: not (a)', null, 'no_choice'],
    ['D.C.', null, 'no_choice'],
    ['A)A)', null, 'no_choice'],
    ['C. kevlar and D. leather', null, 'no_choice'],
    ['I: do not know', null, 'no_choice'],
    ["I - don't know", null, 'no_choice'],
    ['A\u0301', null, 'no_choice'],
    ['\u0391', null, 'no_choice'],
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
    ['[A]: rubber', 'A', 'labelled_text'],
    ['**B** - Cotton.', 'B', 'labelled_text'],
    ['Ａ）rubber', 'A', 'labelled_text'],
    ['The answer is (B) cotton', 'B', 'labelled_text'],
    ['A cotton', null, 'contradiction'],
    ['A - cotton', null, 'contradiction'],
    ['rubber or cotton', null, 'no_choice'],
    ['E', null, 'no_choice'],
    ['A: E is a letter as well', null, 'no_choice'],
    ['A: rubber or cotton', null, 'no_choice'],
    ['B: cotton, not rubber', null, 'no_choice'],
    ['Arubber', null, 'no_choice'],
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

  test('text beside a letter counts only where it is that option, whole', () => {
    const numbers = choiceReferenceSchema.parse({ letter: 'B', options: ['1', '2', '-2', '2²', '22'] })
    expect(readChoice('B) 2', numbers)).toEqual({ letter: 'B', reading: 'labelled_text' })
    expect(readChoice('C. -2', numbers)).toEqual({ letter: 'C', reading: 'labelled_text' })
    expect(readChoice('D: 2²', numbers)).toEqual({ letter: 'D', reading: 'labelled_text' })
    expect(readChoice('2²', numbers)).toEqual({ letter: 'D', reading: 'option_text' })
    for (const text of ['B) 2 or 3', 'B) 1', 'B) 3', 'B: 3?', 'B -2', 'B: 2²', '3. 2', 'B: 2 C: -2'])
      expect(readChoice(text, numbers).letter, text).toBeNull()
  })

  test('whatever follows a label, the letter is read only with its own text', () => {
    const label = fc.constantFrom('A: ', 'A) ', 'A. ', 'A - ', '(A) ', '[A] ', 'A ', 'option A: ', 'the answer is A. ')
    const word = fc.constantFrom('rubber', 'cotton', 'kevlar', 'not', 'or', 'wrong', 'b', '(B)', 'C.', 'none', 'Β')
    fc.assert(
      fc.property(label, fc.array(word, { minLength: 1, maxLength: 4 }), (before, words) => {
        const text = words.join(' ')
        expect(readChoice(before + text, bare).letter).toBeNull()
        expect(readChoice(before + text, glove).letter).toBe(text === 'rubber' ? 'A' : null)
      }),
    )
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
    const alone = text.trim() === '' ? 'A' : null
    expect(readChoice(`A: ${text}`, glove).letter).toBe(alone)
    expect(readChoice(`A) ${text}`, bare).letter).toBe(alone)
  })
})
