import type { ContentPart, ToolOutcome } from '@interleave/trajectory'
import { beforeAll, describe, expect, it } from 'vitest'
import { qwen25, qwen3 } from '../__fixtures__/qwen3.ts'
import type { ChatTemplate } from '../chat-template.ts'
import { hermesTemplate } from '../hermes.ts'
import type { TextTokenizer } from '../tokenizer.ts'
import { qwen3VlInstruct, qwen3VlThinking } from './qwen-templates.ts'

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
const call = '<tool_call>\n{"name": "look", "arguments": {"a": 1}}\n</tool_call>'

const text = (value: string): ContentPart => ({ type: 'text', text: value })
const outcome = (...content: ContentPart[]): ToolOutcome => ({
  callId: 'c',
  tool: 'look',
  index: 0,
  status: 'ok',
  content,
})
/** A turn as a model draws it: spelt tags are its tokens. */
const drawn = (turn: string): number[] =>
  turn
    .split(/(<[^<>]+>)/)
    .flatMap((part) => tokenizer.addedTokens.get(part) ?? (part === '' ? [] : tokenizer.encode(part)))
const shape = (template: ChatTemplate, turn: string): string[] =>
  template.readTurn(drawn(turn)).segments.map((part) => part.tag ?? `${part.kind}:${part.text}`)

describe('turns', () => {
  it.each([
    [
      'a call',
      `Look.\n</think>\n\n${call}<|im_end|>`,
      'thinking:Look.\n|think-close|template:\n\n|call-open|acting|call-close|turn-end',
    ],
    [
      'a tag inside the thinking',
      `So ${call} it is\n</think>\n\nYes<|im_end|>`,
      'thinking|think-close|answer:\n\nYes|turn-end',
    ],
    ['thinking that is never closed', `Hm ${call}<|im_end|>`, 'thinking|turn-end'],
    ['a turn cut in a call', '</think><tool_call>\n{"name"', 'think-close|call-open|acting:\n{"name"'],
    [
      'two calls',
      `</think>${call}\n${call}<|im_end|>`,
      'think-close|call-open|acting|call-close|template:\n|call-open|acting|call-close|turn-end',
    ],
    ['another end', 'Hm</think>\n\n4<|endoftext|>', 'thinking:Hm|think-close|answer:\n\n4|turn-end'],
  ])('of Thinking: %s', (_, turn, expected) => {
    const read = shape(thinking, turn)
    expect(read).toHaveLength(expected.split('|').length)
    expected.split('|').forEach((part, at) => {
      expect(read[at]?.slice(0, part.length)).toBe(part)
    })
  })

  it('of Instruct begin in text: what stands beside a call is thinking, without one it is the answer', () => {
    const instruct = qwen3VlInstruct({ tokenizer })
    expect(shape(instruct, `I look.\n${call}<|im_end|>`)).toEqual([
      'thinking:I look.\n',
      'call-open',
      'acting:\n{"name": "look", "arguments": {"a": 1}}\n',
      'call-close',
      'turn-end',
    ])
    expect(shape(instruct, 'It is \\boxed{4}.<|im_end|>')).toEqual(['answer:It is \\boxed{4}.', 'turn-end'])
    expect(shape(instruct, '<think>\nHm\n</think>\n\n4')).toEqual([
      'think-open',
      'thinking:\nHm\n',
      'think-close',
      'answer:\n\n4',
    ])
    const turn = drawn(`I look.\n${call}`)
    const [boundary] = instruct.boundaries(turn)
    expect(instruct.decode(turn.slice(0, boundary?.at))).toBe('I look.\n<tool_call>')
  })
})

describe('what a template refuses', () => {
  const without = (...spellings: string[]): TextTokenizer => ({
    ...tokenizer,
    addedTokens: new Map([...tokenizer.addedTokens].filter(([spelling]) => !spellings.includes(spelling))),
  })
  it('a vocabulary without its tokens', () => {
    const failure = (spelling: string): unknown =>
      expect.objectContaining({ code: 'bad_tokenizer', message: expect.stringContaining(spelling) as string })
    for (const spelling of ['<|im_start|>', '<|im_end|>', '<|image_pad|>', '<|vision_end|>', '</think>'])
      expect(() => qwen3VlThinking({ tokenizer: without(spelling) })).toThrow(failure(spelling))
    expect(() => qwen3VlThinking({ tokenizer: older })).toThrow(failure('<think>'))
  })

  it('images and tools where the model has none', () => {
    const plain = hermesTemplate({ tokenizer: without('<tool_call>', '</tool_call>', '<|image_pad|>') })
    expect(plain.renderPrompt({ tools: [], content: [text('Hi')] })).toHaveLength(2)
    expect(tokenizer.size).toBe(plain.imagePad)
    const refused = (code: string): unknown => expect.objectContaining({ code })
    expect(() => plain.renderPrompt({ tools: [], content: [image] })).toThrow(refused('no_images'))
    expect(() => plain.renderPrompt({ tools: [look], content: [] })).toThrow(refused('no_calls'))
    const narrow = { ...image, width: 1, height: 500 }
    expect(() => thinking.renderObservations([outcome(narrow)], { ended: true })).toThrow(refused('bad_image'))
  })
})
