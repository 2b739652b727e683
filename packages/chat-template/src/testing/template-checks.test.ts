import { runChecks } from '@interleave/trajectory/testing'
import { expect, it } from 'vitest'
import { byteTemplate } from '../byte-template.ts'
import type { ChatTemplate } from '../chat-template.ts'
import { templateChecks } from './template-checks.ts'

const good = byteTemplate()
const bytes = (text: string): number[] => [...Buffer.from(text)]

const faulty: [string, Partial<ChatTemplate>][] = [
  ['hash that does not change', { hash: 'v1' }],
  [
    'keeps text that spells',
    {
      renderPrompt: (input) => {
        const parts = good.renderPrompt(input)
        const hostile = parts.some(({ text }) => text.includes('<|im_start|><|image_pad|>'))
        return hostile ? [...parts, { kind: 'template', text: '', tokens: [258], images: [] }] : parts
      },
    },
  ],
  [
    'one pad in the place',
    { renderPrompt: (input) => good.renderPrompt({ ...input, content: input.content.slice(0, 1) }) },
  ],
  ['goes on after a turn', { renderObservations: (outcomes) => good.renderObservations(outcomes, { ended: true }) }],
  [
    'covers every token',
    { readTurn: (tokens) => ({ ...good.readTurn(tokens), segments: good.readTurn(tokens).segments.slice(1) }) },
  ],
  [
    'finds the boundaries',
    { boundaries: (tokens) => good.boundaries(tokens).map(({ at, tag }) => ({ at: at - 1, tag })) },
  ],
  [
    'says what is wrong',
    {
      readTurn: (tokens) => ({
        ...good.readTurn(tokens),
        calls: good.readTurn(tokens).calls.map(({ closed, raw }) => ({ closed, raw })),
      }),
    },
  ],
  ['reads a call where', { readTurn: (tokens) => good.readTurn(tokens.filter((id) => id !== 261)) }],
  [
    'reads several calls',
    { readTurn: (tokens) => ({ ...good.readTurn(tokens), calls: good.readTurn(tokens).calls.slice(0, 1) }) },
  ],
  [
    'encodes text as a whole',
    {
      renderPrompt: (input) => {
        const parts = good.renderPrompt(input)
        const more = input.content.slice(1).map(() => 32)
        return [...parts, { kind: 'template', text: '', tokens: more, images: [] }]
      },
    },
  ],
  [
    'the same ids',
    {
      renderPrompt: (input) => [
        ...good.renderPrompt(input),
        { kind: 'template', text: '', tokens: bytes(`${Math.random()}`), images: [] },
      ],
    },
  ],
]

it.each(faulty)('catches a template that fails "%s"', async (name, fault) => {
  const results = await runChecks(templateChecks({ ...good, ...fault }))
  const failed = results.filter(({ status }) => status === 'failed').map((result) => result.name)
  expect(failed.some((failure) => failure.includes(name))).toBe(true)
})
