import { expectCheck, skipCheck } from '@interleave/trajectory/testing'
import type { ChatTemplate } from '../chat-template.ts'

/** How a suite writes turns for a template that it knows only from outside. */
export interface TemplateWriter {
  /** What a turn begins in, as the prompt shows that comes before it. */
  readonly begins: 'thinking' | 'text'
  /** Absent where the template has no such token. */
  readonly thinkClose: number | undefined
  readonly callOpen: number
  readonly callClose: number
  /** All structural ids that were found. */
  readonly ids: readonly number[]
  /** Some text as the template's own ids. */
  readonly text: (text: string) => number[]
}

const mostIds = 400_000
const tags = ['</think>', '<tool_call>', '</tool_call>', '<think>', '<answer>', '</answer>'] as const

/** Finds the ids of the tags by what they decode to, and encodes text by the difference it makes to a prompt. */
export function templateWriter(template: ChatTemplate): TemplateWriter {
  const found = new Map<string, number>()
  for (let id = 0; id < mostIds && found.size < tags.length; id += 1) {
    const text = template.decode([id])
    if ((tags as readonly string[]).includes(text) && !found.has(text)) found.set(text, id)
  }
  const need = (tag: (typeof tags)[number]): number =>
    found.get(tag) ?? skipCheck(`No single id of this template decodes to ${tag}.`)
  const render = (text: string): number[] =>
    template.renderPrompt({ tools: [], content: [{ type: 'text', text }] }).flatMap((part) => part.tokens)
  const empty = render('')
  const opened = empty.lastIndexOf(found.get('<think>') ?? -1)
  const closed = empty.lastIndexOf(found.get('</think>') ?? -1)

  return {
    begins: opened > closed ? 'thinking' : 'text',
    thinkClose: found.get('</think>'),
    callOpen: need('<tool_call>'),
    callClose: need('</tool_call>'),
    ids: [...found.values()],
    text(text: string): number[] {
      const full = render(text)
      let start = 0
      while (start < empty.length && empty[start] === full[start]) start += 1
      const tokens = full.slice(start, full.length - (empty.length - start))
      expectCheck(template.decode(tokens) === text, `decode gives ${template.decode(tokens)} for the ids of ${text}.`)
      return tokens
    },
  }
}
