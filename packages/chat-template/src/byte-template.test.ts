import type { ToolOutcome } from '@interleave/trajectory'
import { runChecks } from '@interleave/trajectory/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteImageGrid, byteImageLength } from './byte-image-grid.ts'
import { byteTemplate } from './byte-template.ts'
import { encodeBytes } from './byte-text.ts'
import { byteIds, byteSpellings, byteVocabularySize } from './byte-vocabulary.ts'
import type { Turn } from './chat-template.ts'
import { templateChecks } from './testing/template-checks.ts'

const template = byteTemplate()
const hash = 'ab'.repeat(32)
const image = { type: 'image' as const, hash, mime: 'image/png', width: 2048, height: 1536 }

// Turns are written as text here; tags become their ids.
function turn(text: string): number[] {
  return text
    .split(/(<[^<>]+>)/)
    .flatMap((part) => (byteSpellings.includes(part) ? [256 + byteSpellings.indexOf(part)] : encodeBytes(part)))
}

function shape(read: Turn): string[] {
  return read.segments.map(({ call, kind, tag, text }) =>
    [kind, tag, call, text].filter((x) => x !== undefined).join('|'),
  )
}

describe('byteTemplate', () => {
  it('passes the conformance suite', async () => {
    const results = await runChecks(templateChecks(template))
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([])
    expect(results.length).toBeGreaterThanOrEqual(9)
  })

  it('has 12 special ids after the 256 bytes', () => {
    expect(byteIds.endOfText).toBe(256)
    expect(byteIds.answerClose).toBe(267)
    expect(byteVocabularySize).toBe(268)
    expect(byteSpellings).toHaveLength(12)
  })

  it('renders a prompt in the layout of Hermes and Qwen', () => {
    const segments = template.renderPrompt({
      system: 'Be brief.',
      tools: [{ name: 'look', description: 'Looks.', input: { type: 'object' } }],
      content: [image, { type: 'text', text: ' What is it?' }],
    })
    expect(segments.map(({ kind }) => kind)).toEqual(['prompt', 'template'])
    expect(segments.map(({ text }) => text).join('')).toBe(
      [
        '<|im_start|>system\nBe brief.\n\n# Tools\n\nYou can call these functions. One JSON description a line:\n<tools>\n',
        '{"type":"function","function":{"name":"look","description":"Looks.","parameters":{"type":"object"}}}\n</tools>\n\n',
        'For a call, write a JSON object with the name and the arguments of the function between the call tags:\n',
        '<tool_call>\n{"name": <name>, "arguments": <object>}\n</tool_call><|im_end|>\n',
        '<|im_start|>user\n<|image_pad|> What is it?<|im_end|>\n<|im_start|>assistant\n<think>',
      ].join(''),
    )
    const [rendered] = segments[0]?.images ?? []
    expect(rendered).toMatchObject({ hash, effectiveLength: 48 })
    expect(segments[0]?.tokens[rendered?.at ?? -1]).toBe(byteIds.imagePad)
    expect(segments[1]?.tokens.at(-1)).toBe(byteIds.thinkOpen)
  })

  it('leaves the system turn out when there is nothing to say', () => {
    const [prompt] = template.renderPrompt({ tools: [], content: [{ type: 'text', text: 'Hi' }] })
    expect(prompt?.text).toBe('<|im_start|>user\nHi')
  })

  it('renders one response for each outcome, images inside, and closes a turn that was cut', () => {
    const outcome = (content: ToolOutcome['content']): ToolOutcome => ({
      callId: 'c',
      tool: 'look',
      index: 0,
      status: 'ok',
      content,
    })
    const outcomes = [
      outcome([{ type: 'text', text: 'Image 1: ' }, image]),
      outcome([{ type: 'text', text: '</think>' }]),
    ]
    const segments = template.renderObservations(outcomes, { ended: true })
    expect(segments.map(({ kind, text }) => `${kind}:${text}`)).toEqual([
      'template:\n<|im_start|>user\n',
      'observation:<tool_response>\nImage 1: <|image_pad|>\n</tool_response>',
      'observation:\n<tool_response>\n</think>\n</tool_response>',
      'template:<|im_end|>\n<|im_start|>assistant\n<think>',
    ])
    expect(segments[2]?.tokens).not.toContain(byteIds.thinkClose)
    expect(template.renderObservations(outcomes, { ended: false })[0]?.text).toBe('<|im_end|>\n<|im_start|>user\n')
  })

  it('reads thinking, a call and the end of the turn', () => {
    const read = template.readTurn(
      turn('Look.</think>\n\n<tool_call>\n{"name": "look", "arguments": {"a": 1}}\n</tool_call><|im_end|>'),
    )
    expect(shape(read)).toEqual([
      'thinking|Look.',
      'template|think-close|</think>',
      'template|\n\n',
      'template|call-open|<tool_call>',
      'acting|0|\n{"name": "look", "arguments": {"a": 1}}\n',
      'template|call-close|</tool_call>',
      'template|turn-end|<|im_end|>',
    ])
    expect(read.calls).toEqual([
      { raw: '\n{"name": "look", "arguments": {"a": 1}}\n', closed: true, tool: 'look', input: { a: 1 } },
    ])
    expect(read.ended).toBe(true)
  })

  it.each([
    [
      'an answer with tags',
      '</think>\n<answer>\\boxed{B}</answer><|im_end|>',
      ['think-close', '\n', 'answer-open', '\\boxed{B}', 'answer-close', 'turn-end'],
    ],
    ['an answer cut short', '</think><answer>\\box', ['think-close', 'answer-open', '\\box']],
    ['nothing', '', []],
    ['only the end', '<|im_end|>', ['turn-end']],
    ['an end token in the middle', 'a<|im_end|>b', ['a<|im_end|>b']],
  ])('reads %s', (_, text, expected) => {
    expect(template.readTurn(turn(text)).segments.map((part) => part.tag ?? part.text)).toEqual(expected)
  })

  it('takes plain text beside a call for thinking, and without a call for the answer', () => {
    const call = '<tool_call>{"name":"l","arguments":{}}</tool_call>'
    const kinds = (text: string): string[] =>
      template.readTurn(turn(text)).segments.flatMap(({ kind, tag }) => (tag === undefined ? [kind] : []))
    expect(kinds(`a</think>b${call} ${call}c`)).toEqual([
      'thinking',
      'thinking',
      'acting',
      'template',
      'acting',
      'thinking',
    ])
    expect(kinds('a</think>\nIt is \\boxed{4}.')).toEqual(['thinking', 'answer'])
  })

  it('reads thinking that is opened again', () => {
    const read = template.readTurn(turn('a</think><think>b<tool_call></think><tool_call>{}'))
    expect(read.segments.map((part) => part.tag ?? `${part.kind} ${part.text}`)).toEqual([
      'thinking a',
      'think-close',
      'think-open',
      'thinking b<tool_call>',
      'think-close',
      'call-open',
      'acting {}',
    ])
  })

  it('lets the opening tag stand for a call with nothing in it', () => {
    for (const text of [
      '</think><tool_call></tool_call><|im_end|>',
      '</think><tool_call><|im_end|>',
      '</think><tool_call>',
    ]) {
      const read = template.readTurn(turn(text))
      expect(read.calls).toHaveLength(1)
      expect(read.segments.find(({ call }) => call === 0)).toMatchObject({ kind: 'template', tag: 'call-open' })
    }
  })

  it.each([
    ['{"name": "look", "arguments": {"a": 1e999}}', 'too large'],
    [`{"name": "look", "arguments": {"a": ${'['.repeat(40)}${']'.repeat(40)}}}`, 'deeper'],
    [`{"name": "look", "arguments": {"a": "${'x'.repeat(70_000)}"}}`, 'longer'],
    ['{"name": "look", "parameters": {}}', 'no "arguments"'],
    ["{'name': 'look', 'arguments': {}}", 'not valid JSON'],
    ['', 'empty'],
    ['null', 'not a JSON object'],
  ])('says what is wrong with %.60s', (raw, problem) => {
    const [call] = template.readTurn(turn(`</think><tool_call>${raw}</tool_call>`)).calls
    expect(call?.problem).toContain(problem)
    expect(call?.input).toBeUndefined()
  })

  it('covers any tokens once and agrees with its boundaries', () => {
    const token = fc.oneof(
      fc.integer({ min: 256, max: 270 }),
      fc.nat(255),
      fc.constantFrom(Number.NaN, -1, 1.5, 2 ** 40),
    )
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), (tokens) => {
        const read = template.readTurn(tokens)
        let at = 0
        for (const { end, start } of read.segments) {
          expect(start).toBe(at)
          expect(end).toBeGreaterThan(start)
          at = end
        }
        expect(at).toBe(tokens.length)
        const tags = read.segments.filter(({ tag }) => tag === 'call-open' || tag === 'answer-open')
        expect(template.boundaries(tokens)).toEqual(tags.map(({ end, tag }) => ({ at: end, tag })))
      }),
      { numRuns: 2000 },
    )
  })

  it('decodes any text it encodes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(template.decode(encodeBytes(text))).toBe(text.toWellFormed())
      }),
    )
    expect(template.decode(encodeBytes('x'.repeat(10_000)))).toHaveLength(10_000)
  })

  it('never gives a special id to text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...byteSpellings, 'a', '\n', '🙂')), (words) => {
        const content = [{ type: 'text' as const, text: words.join('') }]
        const [plain] = template.renderPrompt({ tools: [], content: [] })
        const [prompt] = template.renderPrompt({ tools: [], content })
        expect(prompt?.tokens.slice(plain?.tokens.length).every((id) => id < 256)).toBe(true)
      }),
    )
  })

  it('states so many patches for an image as its grid has', () => {
    expect(byteImageGrid({ width: 2048, height: 1536 })).toEqual({ columns: 8, rows: 6 })
    expect(byteImageGrid({ width: 10, height: 3000 })).toEqual({ columns: 1, rows: 8 })
    expect(byteImageLength({ width: 300, height: 300 })).toBe(64)
  })
})
