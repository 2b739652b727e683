import type { Segment, Trajectory } from '@interleave/trajectory'
import { describe, expect, test } from 'vitest'
import { extractAnswer } from './extract/extract-answer.ts'
import { verifierInput } from './verifier-input.ts'

const segment = (kind: Segment['kind'], turn: number, text: string, more: Partial<Segment> = {}): Segment => ({
  kind,
  turn,
  origin: 'policy',
  text,
  tokens: [1],
  ...more,
})
const context = { origin: 'context' } as const

function textOf(...segments: Segment[]): string {
  const input = verifierInput({ segments } as Trajectory)
  expect(input.trajectory?.segments).toBe(segments)
  return input.text
}

const prompt = segment('prompt', 0, 'Which? <answer>Z</answer><think>', context)
const close = segment('template', 1, '</think>', { tag: 'think-close' })
const end = segment('template', 1, '<|im_end|>', { tag: 'turn-end' })

describe('verifierInput', () => {
  test('gives what was sampled, without the end of the turn, with the opening tag that the prompt holds', () => {
    const text = textOf(prompt, segment('thinking', 1, 'hm'), close, segment('answer', 1, 'B'), end)
    expect(text).toBe('<think>hm</think>B')
  })

  test('an opening tag that was sampled is not doubled', () => {
    const open = segment('template', 1, '<think>', { tag: 'think-open' })
    expect(textOf(prompt, open, segment('thinking', 1, 'hm'), close, segment('answer', 1, 'B'))).toBe(
      '<think>hm</think>B',
    )
  })

  test('a reply cut in its thinking has no answer', () => {
    const text = textOf(prompt, segment('thinking', 1, String.raw`surely \boxed{B}`))
    expect(extractAnswer(text)).toEqual({ answer: null, reason: 'unclosed_thinking' })
  })

  test('takes the last turn alone, an inherited part included', () => {
    const text = textOf(
      prompt,
      segment('answer', 1, 'first'),
      segment('observation', 1, '<answer>seen</answer>', context),
      segment('thinking', 2, 'so ', { origin: 'inherited' }),
      segment('thinking', 2, 'then', { origin: 'policy' }),
      segment('template', 2, '</think>', { tag: 'think-close' }),
      segment('answer', 2, '<answer>B</answer>'),
    )
    expect(text).toBe('<think>so then</think><answer>B</answer>')
  })

  test('a tool call is not an answer', () => {
    const text = textOf(
      prompt,
      segment('thinking', 1, 'hm'),
      close,
      segment('template', 1, '<tool_call>', { tag: 'call-open' }),
      segment('acting', 1, '{"code": "<answer>B</answer>"}'),
      segment('template', 1, '</tool_call>', { tag: 'call-close' }),
      end,
    )
    expect(text).toBe('<think>hm</think>')
  })

  test('nothing sampled is no text', () => {
    expect(textOf(prompt)).toBe('')
  })
})
