import { InterleaveError } from '@interleave/trajectory'
import type { StructureIds } from '../read-structure.ts'
import type { TextTokenizer } from '../tokenizer/text-tokenizer.ts'
import { hermesText, type HermesLayout } from './hermes-layout.ts'

const tags = {
  thinkOpen: '<think>',
  thinkClose: '</think>',
  callOpen: '<tool_call>',
  callClose: '</tool_call>',
  answerOpen: '<answer>',
  answerClose: '</answer>',
} as const

/** The ids of a layout in a tokenizer. */
export interface HermesIds {
  readonly structure: StructureIds
  readonly stop: readonly number[]
  readonly imagePad: number
}

/** Finds the tokens that a layout needs. Throws `bad_tokenizer` naming one that the vocabulary lacks. */
export function hermesIds({ name, pixels, thinking }: HermesLayout, tokenizer: TextTokenizer): HermesIds {
  const { addedTokens, size } = tokenizer
  const need = (spelling: string): number => {
    const id = addedTokens.get(spelling)
    if (id !== undefined) return id
    throw new InterleaveError(
      'bad_tokenizer',
      `The template ${name} needs the token ${spelling}, and this tokenizer has none. Load the one of the model.`,
    )
  }
  need('<|im_start|>')
  const end = addedTokens.get('<|endoftext|>')
  const stop = [need('<|im_end|>'), ...(end === undefined ? [] : [end])]
  if (thinking) for (const tag of [tags.thinkOpen, tags.thinkClose]) need(tag)
  if (pixels !== undefined) for (const tag of [hermesText.imageOpen, hermesText.imageClose]) need(tag)
  return {
    stop,
    // A model without images gets an id that no token has: nothing it draws can be taken for one.
    imagePad: pixels === undefined ? size : need(hermesText.imagePad),
    structure: { ...tagIds(addedTokens), stop, begins: thinking ? 'thinking' : 'text' },
  }
}

function tagIds(addedTokens: ReadonlyMap<string, number>): Partial<Record<keyof typeof tags, number>> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([tag, spelling]) => {
      const id = addedTokens.get(spelling)
      return id === undefined ? [] : [[tag, id]]
    }),
  )
}
