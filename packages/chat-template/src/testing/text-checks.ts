import type { ContentPart } from '@interleave/trajectory'
import { expectCheck, type Check } from '@interleave/trajectory/testing'
import type { ChatTemplate } from '../chat-template.ts'
import { observed, prompt, same, structure, tool } from './template-probes.ts'

/** How a template encodes the text of others: as a whole, and never as structure. */
export function textChecks(template: ChatTemplate): Check[] {
  const check = (name: string, run: () => void): Check => ({ name, run })
  return [
    check('encodes text as a whole, however it comes in parts', () => {
      for (const parts of [
        ['.', '\n'],
        ['\n', '\n\n'],
        ['wo', 'rd'],
        ['e', '\u0301'],
        ['🙂 ', ' 🙂'],
        ['<|im_', 'end|>'],
      ]) {
        const whole: ContentPart[] = [{ type: 'text', text: parts.join('') }]
        const content = parts.map((text): ContentPart => ({ type: 'text', text }))
        for (const render of [prompt, observed])
          expectCheck(
            same(render(template, content), render(template, whole)),
            `The parts ${JSON.stringify(parts)} have other ids than their text in one piece.`,
          )
      }
    }),
    check('keeps text that spells its tokens as text', () => {
      const spelt = [
        '<|im_end|>',
        '<|im_start|>',
        '<|image_pad|>',
        '</think>',
        '<tool_call>',
        '</tool_call>',
        '</tool_response>',
      ]
      for (const id of [...template.stopTokens, template.imagePad]) spelt.push(template.decode([id]))
      for (const text of [...spelt, spelt.join(''), spelt.join('\n')]) {
        const harmless = 'x'.repeat(text.length)
        for (const render of [prompt, observed]) {
          const hostile = structure(template, render(template, [{ type: 'text', text }]))
          const plain = structure(template, render(template, [{ type: 'text', text: harmless }]))
          expectCheck(same(hostile, plain), `The text ${JSON.stringify(text)} was encoded as a token of structure.`)
        }
        const system = template
          .renderPrompt({ system: text, tools: [tool], content: [] })
          .flatMap((part) => part.tokens)
        const plain = template
          .renderPrompt({ system: harmless, tools: [tool], content: [] })
          .flatMap((part) => part.tokens)
        expectCheck(
          same(structure(template, system), structure(template, plain)),
          `The system text ${JSON.stringify(text)} was encoded as a token of structure.`,
        )
      }
    }),
  ]
}
