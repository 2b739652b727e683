import { z } from 'zod'
import { defineVerifier } from './define-verifier.ts'
import { explainMissing } from './extract/explain-missing.ts'
import { answerForms, extractAnswer, type AnswerForm } from './extract/extract-answer.ts'
import { stateAnswer } from './extract/state-answer.ts'
import { normaliseText, type NormaliseOptions } from './normalise-text.ts'
import type { Verifier } from './verifier.ts'

export interface ExactMatchOptions {
  /** Which differences do not count. Default: none of them does. */
  readonly normalise?: NormaliseOptions
  /** Where an answer may stand. Default: answer tag, box, or the whole reply after the thinking. */
  readonly forms?: readonly AnswerForm[]
}

/** Texts that count as right, as given and normalised. */
export interface AcceptedTexts {
  readonly given: readonly string[]
  readonly normalised: ReadonlySet<string>
}

/**
 * A verifier that scores 1 where the extracted answer equals the reference, or one of a list of references, after
 * normalising both, and 0 otherwise. A reference that normalises to nothing is refused: no answer could match it.
 */
export function exactMatch(options: ExactMatchOptions = {}): Verifier<z.ZodType<AcceptedTexts>> {
  const { normalise = {}, forms = answerForms } = options
  const alias = z
    .string()
    .refine((text) => normaliseText(text, normalise) !== '', 'nothing is left of it to compare with')
  const reference = z
    .union([alias, z.array(alias).min(1)], { error: 'expected a text, or a list of texts' })
    .transform((reference): AcceptedTexts => {
      const given = typeof reference === 'string' ? [reference] : reference
      return { given, normalised: new Set(given.map((text) => normaliseText(text, normalise))) }
    })
  return defineVerifier<z.ZodType<AcceptedTexts>>({
    name: 'exact-match',
    version: '1',
    reference,
    verify({ text }, { given, normalised }) {
      const { answer, reason } = extractAnswer(text, forms)
      if (answer === null)
        return { status: 'scored', score: 0, answer, explanation: explainMissing(reason), details: { reason } }
      const right = normalised.has(normaliseText(answer, normalise))
      const explanation = `The answer ${right ? 'equals' : 'differs from'} ${given.map((one) => `"${one}"`).join(' or ')}.`
      return { status: 'scored', score: right ? 1 : 0, answer, explanation, details: { reason } }
    },
    examples({ given, normalised }) {
      const right = given[0] as string
      let wrong = `${right} x`
      while (normalised.has(normaliseText(wrong, normalise))) wrong += 'x'
      return { accept: stateAnswer(right, forms), reject: stateAnswer(wrong, forms) }
    },
  })
}
