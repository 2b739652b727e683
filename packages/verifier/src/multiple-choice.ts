import type { z } from 'zod'
import { choiceLetters, choiceReferenceSchema, type ChoiceReference } from './choice/choice-reference.ts'
import { readChoice, type ChoiceReading } from './choice/read-choice.ts'
import { defineVerifier } from './define-verifier.ts'
import { explainMissing } from './extract/explain-missing.ts'
import { answerForms, extractAnswer, type AnswerForm } from './extract/extract-answer.ts'
import { stateAnswer } from './extract/state-answer.ts'
import type { Verifier } from './verifier.ts'

export interface MultipleChoiceOptions {
  /** Where an answer may stand. Default: answer tag, box, or the whole reply after the thinking. */
  readonly forms?: readonly AnswerForm[]
}

const refusals: Partial<Record<ChoiceReading, string>> = {
  two_options: 'The answer is the text of more than one option.',
  contradiction: "The answer's letter and text belong to different options.",
  no_choice: 'The answer cannot be read as one option and nothing else.',
}

/**
 * A verifier for questions with lettered options: 1 where the extracted answer names the right one and no other, else 0.
 * The reference is the letter (A to J), or `{ letter, options }` so that an option's text in full is accepted too. What is
 * accepted: `readChoice`.
 */
export function multipleChoice(options: MultipleChoiceOptions = {}): Verifier<z.ZodType<ChoiceReference>> {
  const { forms = answerForms } = options
  return defineVerifier<z.ZodType<ChoiceReference>>({
    name: 'multiple-choice',
    version: '1',
    reference: choiceReferenceSchema,
    verify({ text }, reference) {
      const { answer, reason } = extractAnswer(text, forms)
      if (answer === null)
        return { status: 'scored', score: 0, answer, explanation: explainMissing(reason), details: { reason } }
      const { letter, reading } = readChoice(answer, reference)
      return {
        status: 'scored',
        score: letter === reference.letter ? 1 : 0,
        answer: letter ?? answer,
        explanation: refusals[reading] ?? `The answer is ${letter}; right is ${reference.letter}.`,
        details: { reason, reading },
      }
    },
    examples({ letter, options }) {
      const count = options?.length ?? choiceLetters.length
      const other = choiceLetters.charAt((choiceLetters.indexOf(letter) + 1) % count)
      return { accept: stateAnswer(letter, forms), reject: stateAnswer(other, forms) }
    },
  })
}
