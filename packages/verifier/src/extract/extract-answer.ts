import { answerTag } from './answer-tag.ts'
import { lastBox } from './last-box.ts'
import { splitThinking } from './split-thinking.ts'

/** Where an answer may stand: in `<answer>` tags, in a LaTeX box, or as all that follows the thinking. */
export type AnswerForm = 'tag' | 'box' | 'text'

/** Why there is an answer (the first four) or none. */
export type ExtractionReason =
  | 'tag'
  | 'box_in_tag'
  | 'box'
  | 'text'
  | 'unclosed_thinking'
  | 'unclosed_tag'
  | 'unclosed_box'
  | 'empty'
  | 'not_found'

export interface ExtractedAnswer {
  readonly answer: string | null
  readonly reason: ExtractionReason
}

export const answerForms: readonly AnswerForm[] = ['tag', 'box', 'text']

/**
 * The answer a reply states, trimmed, and how it was found. In this order, each step settling the matter:
 * 1. thinking is dropped; thinking that never closes leaves no answer;
 * 2. `tag`: the last complete `<answer>`, or the box inside it; a tag that opens and is never completed is no answer;
 * 3. `box`: the last box; one that never closes is no answer;
 * 4. `text`: everything that is left.
 * `forms` says which of the last three a task accepts, by default all. Linear time.
 */
export function extractAnswer(text: string, forms: readonly AnswerForm[] = answerForms): ExtractedAnswer {
  const rest = splitThinking(text).answer
  if (rest === null) return none('unclosed_thinking')
  if (forms.includes('tag')) {
    const tagged = answerTag(rest)
    if (tagged !== null) return fromBox(tagged, 'box_in_tag') ?? stated(tagged, 'tag')
    if (rest.includes('<answer>')) return none('unclosed_tag')
  }
  if (forms.includes('box')) {
    const boxed = fromBox(rest, 'box')
    if (boxed !== null) return boxed
  }
  return forms.includes('text') ? stated(rest, 'text') : none(rest.trim() === '' ? 'empty' : 'not_found')
}

function fromBox(text: string, reason: 'box' | 'box_in_tag'): ExtractedAnswer | null {
  const box = lastBox(text)
  if (box === null) return null
  return box.content === null ? none('unclosed_box') : stated(box.content, reason)
}

function stated(text: string, reason: ExtractionReason): ExtractedAnswer {
  const answer = text.trim()
  return answer === '' ? none('empty') : { answer, reason }
}

function none(reason: ExtractionReason): ExtractedAnswer {
  return { answer: null, reason }
}
