import type { Segment, StopReason, Tag, Trajectory } from '@interleave/trajectory'
import * as fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { exactMatch } from './exact-match.ts'
import { extractAnswer } from './extract/extract-answer.ts'
import { parseReference } from './parse-reference.ts'
import { runVerifier } from './run-verifier.ts'
import { verifierInput } from './verifier-input.ts'
import type { VerifierInput } from './verifier.ts'

const segment = (kind: Segment['kind'], turn: number, text: string, more: Partial<Segment> = {}): Segment => ({
  kind,
  turn,
  origin: 'policy',
  text,
  tokens: [1],
  ...more,
})
const context = { origin: 'context' } as const
const prompt = segment('prompt', 0, 'Which? <answer>Z</answer><think>', context)
const spelt = {
  'think-open': '<think>',
  'think-close': '</think>',
  'call-open': '<tool_call>',
  'call-close': '</tool_call>',
  'answer-open': '<answer>',
  'answer-close': '</answer>',
  'turn-end': '<|im_end|>',
} satisfies Record<Tag, string>
const drawn = (tag: Tag, turn = 1): Segment => segment('template', turn, spelt[tag], { tag })
const thinking = (text: string): Segment => segment('thinking', 1, text)
const answer = (text: string): Segment => segment('answer', 1, text)
const close = drawn('think-close')
const open = drawn('answer-open')
const shut = drawn('answer-close')
const end = drawn('turn-end')

function textOf(segments: Segment[], stop: StopReason = 'answered'): string {
  return verifierInput({ segments: [prompt, ...segments], stop } as Trajectory).text
}

async function score(...segments: Segment[]): Promise<number | null> {
  const input = verifierInput({ segments: [prompt, ...segments], stop: 'answered' } as Trajectory)
  return (await runVerifier(exactMatch(), input, parseReference(exactMatch(), 'ok'))).score
}

describe('verifierInput', () => {
  test('gives the answer without thinking, tags and the end of the turn', () => {
    expect(textOf([thinking('hm'), close, answer('B'), end])).toBe('B')
    expect(textOf([close, answer('B'), end])).toBe('B')
    expect(textOf([answer('B'), end])).toBe('B')
  })

  test('hands over the record without clock readings', () => {
    const segments = [prompt, close, answer('B'), end]
    const at = (wallMs: number): VerifierInput =>
      verifierInput({ id: 'x', segments, stop: 'answered', timing: { wallMs } } as Trajectory)
    expect(at(1)).toEqual(at(2))
    expect(at(1).trajectory?.segments).toBe(segments)
    expect(at(1).trajectory).toEqual({ id: 'x', segments, stop: 'answered' })
    expectTypeOf<NonNullable<VerifierInput['trajectory']>>().not.toHaveProperty('timing')
  })

  test.each<StopReason>(['length', 'turn_limit', 'cancelled', 'fault'])(
    'a rollout that stopped by %s has none',
    (stop) => {
      expect(textOf([thinking('hm'), close, answer(String.raw`\boxed{B} and then`)], stop)).toBe('')
      expect(textOf([thinking('hm'), close, open, answer('B'), shut, end], stop)).toBe('')
    },
  )

  test('thinking that never closed has none, whatever it spells', async () => {
    expect(textOf([thinking(String.raw`surely \boxed{B}`), end])).toBe('')
    expect(await score(thinking(String.raw`hm</think>\boxed{ok}`), end)).toBe(0)
    expect(await score(thinking('hm</think><answer>ok</answer>'), end)).toBe(0)
    expect(await score(close, answer('ok'), drawn('think-open'), end)).toBe(0)
    expect(await score(close, answer('ok'), drawn('think-open'), thinking('or'), end)).toBe(0)
  })

  test('thinking neither gives nor spoils an answer', async () => {
    const loud = thinking(String.raw`<answer>ok</answer> \boxed{ok} <think> <answer> \boxed{`)
    expect(await score(loud, close, answer('ok'), end)).toBe(1)
    expect(await score(loud, close, answer('no'), end)).toBe(0)
    expect(await score(loud, close, end)).toBe(0)
    expect(await score(close, answer('no'), drawn('think-open'), thinking('or'), close, answer('ok'), end)).toBe(1)
    expect(await score(close, answer('ok'), drawn('think-open'), thinking('or'), close, answer('no'), end)).toBe(0)
  })

  test('takes the last turn alone, an inherited part included', () => {
    const inherited = { origin: 'inherited' } as const
    const segments = [
      answer('first'),
      segment('observation', 1, '<answer>seen</answer>', context),
      segment('thinking', 2, 'so ', inherited),
      segment('template', 2, '</think>', { tag: 'think-close', ...inherited }),
      segment('template', 2, '<answer>', { tag: 'answer-open', ...inherited }),
      segment('answer', 2, 'B'),
      drawn('answer-close', 2),
    ]
    expect(textOf(segments)).toBe('<answer>B</answer>')
  })

  test('text beside a call is no answer, nor is the call', () => {
    const call = segment('acting', 1, '{"code": "<answer>B</answer>"}')
    const called = [drawn('call-open'), call, drawn('call-close'), end]
    expect(textOf([thinking('hm'), close, ...called])).toBe('')
    expect(textOf([close, open, answer('B'), shut, ...called])).toBe('')
    expect(textOf([close, answer('B'), ...called])).toBe('')
    expect(textOf([close, answer('B'), drawn('call-open'), end])).toBe('')
  })

  test('of drawn answer tags the last complete pair counts, whatever is spelt around or in it', async () => {
    expect(await score(close, open, answer('ok'), shut, answer('<answer>zz</answer>'), end)).toBe(1)
    expect(await score(close, open, answer('zz'), shut, answer('<answer>ok</answer>'), end)).toBe(0)
    expect(await score(close, open, answer('zz'), shut, answer(String.raw`\boxed{ok}`), end)).toBe(0)
    expect(await score(close, open, answer('zz</answer><answer>ok'), shut, end)).toBe(0)
    expect(await score(close, open, answer('zz<answer>ok'), shut, end)).toBe(0)
    expect(await score(close, open, answer('ok</answer>zz'), shut, end)).toBe(0)
    expect(await score(close, open, answer('zz'), shut, open, answer('ok'), shut, end)).toBe(1)
    expect(await score(close, open, answer('ok'), shut, open, answer('zz'), shut, end)).toBe(0)
    expect(await score(close, open, answer('ok'), shut, open, answer('zz'), end)).toBe(1)
    expect(await score(close, open, answer('ok'), end)).toBe(0)
    expect(await score(close, open, answer('ok</answer>'), end)).toBe(0)
    expect(await score(close, open, shut, end)).toBe(0)
  })

  test('tags that an answer spells out open and close no thinking', async () => {
    expect(await score(close, answer('ok <think>'), end)).toBe(1)
    expect(await score(close, answer(String.raw`\boxed{ok}<think>`), end)).toBe(1)
    expect(await score(close, open, answer('ok<think>'), shut, end)).toBe(1)
    expect(await score(close, answer('zz</think>ok'), end)).toBe(0)
    expect(await score(close, answer('zz</thi</think>nk>ok'), end)).toBe(0)
    expect(await score(close, answer('<answer>ok</answer>'), end)).toBe(1)
  })

  test('whatever a drawn pair holds, extraction finds its content and no other', () => {
    const piece = fc.constantFrom('<think>', '</think>', '<answer>', '</answer>', '<', '/think>', 'answer>', 'x', ' ')
    fc.assert(
      fc.property(fc.array(piece), fc.array(piece), (inside, after) => {
        const text = textOf([close, open, answer(inside.join('')), shut, answer(after.join('')), end])
        const content = inside.join('').replace(/<\/?(?:think|answer)>/g, ' ')
        expect(extractAnswer(text).answer).toBe(content.trim() || null)
      }),
    )
  })

  test('nothing sampled is no text', () => {
    expect(textOf([])).toBe('')
  })
})
