import type { ContentPart, ToolOutcome } from '@interleave/trajectory'
import { beforeAll, describe, expect, it } from 'vitest'
import { qwen25, qwen3 } from '../__fixtures__/qwen3.ts'
import type { ChatTemplate, RenderedSegment } from '../chat-template.ts'
import { hermesTemplate } from '../hermes.ts'
import type { TextTokenizer } from '../tokenizer.ts'
import { qwen25Vl, qwen3VlInstruct, qwen3VlThinking } from './qwen-templates.ts'

let tokenizer: TextTokenizer
let older: TextTokenizer
let thinking: ChatTemplate
beforeAll(async () => {
  tokenizer = await qwen3()
  older = await qwen25()
  thinking = qwen3VlThinking({ tokenizer })
})

const image = { type: 'image', hash: 'ab'.repeat(32), mime: 'image/png', width: 300, height: 400 } as const
const look = { name: 'look', description: 'Looks.', input: { type: 'object' } }

const text = (value: string): ContentPart => ({ type: 'text', text: value })
const outcome = (...content: ContentPart[]): ToolOutcome => ({
  callId: 'c',
  tool: 'look',
  index: 0,
  status: 'ok',
  content,
})
const ids = (segments: readonly RenderedSegment[]): number[] => segments.flatMap((segment) => segment.tokens)
describe('prompts', () => {
  it('ends inside the thinking, and Instruct before it', () => {
    const content = [text('Hi')]
    expect(ids(thinking.renderPrompt({ tools: [], content })).slice(-7)).toEqual([
      151_645, 198, 151_644, 77_091, 198, 151_667, 198,
    ])
    expect(ids(qwen3VlInstruct({ tokenizer }).renderPrompt({ tools: [], content })).slice(-5)).toEqual([
      151_645, 198, 151_644, 77_091, 198,
    ])
  })

  it('has the system text of Qwen2.5-VL where none is given, with tools and without', () => {
    const template = qwen25Vl({ tokenizer: older })
    for (const tools of [[], [look]])
      expect(template.renderPrompt({ tools, content: [] })[0]?.text).toMatch(
        /^<\|im_start\|>system\nYou are a helpful assistant\.(<\|im_end\|>|\n\n# Tools\n)/,
      )
    expect(template.renderPrompt({ system: 'Be brief.', tools: [], content: [] })[0]?.text).toMatch(
      /^<\|im_start\|>system\nBe brief\.<\|im_end\|>\n<\|im_start\|>user\n$/,
    )
  })

  it('keeps the tags of its own instructions as tokens, and those of a description as text', () => {
    const [prompt] = thinking.renderPrompt({ tools: [{ ...look, description: 'A <tool_call> trap' }], content: [] })
    expect(prompt?.tokens.filter((id) => id === 151_657)).toHaveLength(2)
    expect(prompt?.text.match(/<tool_call>/g)).toHaveLength(3)
  })

  it('counts the pads of an image by the limits of the processor, which are part of the hash', () => {
    const length = (template: ChatTemplate): number | undefined =>
      template.renderPrompt({ tools: [], content: [image] })[0]?.images[0]?.effectiveLength
    const small = qwen3VlThinking({ tokenizer, limits: { maxPixels: 65_536 } })
    expect(length(thinking)).toBe(108)
    expect(length(small)).toBe(54)
    expect(length(qwen25Vl({ tokenizer: older }))).toBe(154)
    expect(small.hash).not.toBe(thinking.hash)
    expect(
      new Set([thinking, qwen3VlInstruct({ tokenizer }), hermesTemplate({ tokenizer })].map(({ hash }) => hash)).size,
    ).toBe(3)
  })
})

describe('observations', () => {
  it('are one user turn, images inside the tags, after the newline that no model draws', () => {
    const segments = thinking.renderObservations([outcome(text('Image 2: '), image), outcome(text('ok'))], {
      ended: true,
    })
    expect(segments.map(({ kind, text: value }) => [kind, value])).toEqual([
      ['template', '\n<|im_start|>user\n'],
      ['observation', '<tool_response>\nImage 2: <|vision_start|><|image_pad|><|vision_end|>\n</tool_response>\n'],
      ['observation', '<tool_response>\nok\n</tool_response>'],
      ['template', '<|im_end|>\n<|im_start|>assistant\n<think>\n'],
    ])
    expect(segments[0]?.tokens).toEqual([198, 151_644, 872, 198])
    const [shown] = segments[1]?.images ?? []
    expect(segments[1]?.tokens[shown?.at ?? -1]).toBe(thinking.imagePad)
  })

  it('close a turn that was cut', () => {
    const cut = ids(thinking.renderObservations([outcome()], { ended: false }))
    expect(cut).toEqual([151_645, ...ids(thinking.renderObservations([outcome()], { ended: true }))])
  })
})
