import { defineEnvironment, type Environment } from '@interleave/environment'
import { imageZoom } from '@interleave/image-zoom'
import type { Tool } from '@interleave/tool'
import {
  choiceReferenceSchema,
  defineVerifier,
  exactMatch,
  multipleChoice,
  type ChoiceReference,
  type Verifier,
} from '@interleave/verifier'
import { z } from 'zod'

const byLetter = multipleChoice()
const byText = exactMatch()

type QuestionReference =
  | { kind: 'choice'; choice: ChoiceReference }
  | { kind: 'text'; text: z.output<typeof byText.reference> }

/** One verifier for files that mix questions with and without options: the reference says which rule applies. */
const questionVerifier: Verifier<z.ZodType<QuestionReference>> = defineVerifier<z.ZodType<QuestionReference>>({
  name: 'question',
  version: '1',
  reference: z.union([
    z.strictObject({ choice: choiceReferenceSchema }).transform(({ choice }) => ({ kind: 'choice' as const, choice })),
    byText.reference.transform((text) => ({ kind: 'text' as const, text })),
  ]),
  verify(input, reference, context) {
    return reference.kind === 'choice'
      ? byLetter.verify(input, reference.choice, context)
      : byText.verify(input, reference.text, context)
  },
})

/** The environment of `interleave sample` and `interleave demo`: image zoom, an answer in a box, a rule that judges it. */
export function questionEnvironment(parts: { readonly verifier?: Verifier; readonly zoom?: Tool } = {}): Environment {
  const { verifier = questionVerifier, zoom = imageZoom() } = parts
  return defineEnvironment({
    name: 'questions',
    version: '1',
    system:
      'Look at the images and answer the question. Think first. Where a detail is too small to read, call image_zoom_in and look again. ' +
      'End with the answer alone as \\boxed{...} between <answer> and </answer>; for a question with options, its letter.',
    tools: [zoom],
    verifiers: [verifier],
  })
}
