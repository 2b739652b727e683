import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostileTexts } from '../testing/hostile-texts.ts'
import { explainMissing } from './explain-missing.ts'
import { extractAnswer } from './extract-answer.ts'
import { stateAnswer } from './state-answer.ts'

describe('extractAnswer', () => {
  test.each([
    ['<answer> A </answer>', 'A', 'tag'],
    ['thought</think>so <answer>A</answer>', 'A', 'tag'],
    [String.raw`\boxed{B} <answer>A</answer> \boxed{C}`, 'A', 'tag'],
    [String.raw`<answer>it is \boxed{A}</answer>`, 'A', 'box_in_tag'],
    [String.raw`<answer>it is \boxed{A</answer>`, null, 'unclosed_box'],
    ['<answer>A</answer> and <answer>B', 'A', 'tag'],
    ['<answer>A', null, 'unclosed_tag'],
    [String.raw`<answer>\boxed{A}`, null, 'unclosed_tag'],
    [String.raw`thought \boxed{B}</think>so \boxed{A}.`, 'A', 'box'],
    [String.raw`thought \boxed{B}</think>so it is A`, 'so it is A', 'text'],
    [String.raw`\boxed{B} or \boxed{`, null, 'unclosed_box'],
    [' A\n', 'A', 'text'],
    ['<think><answer>A</answer>', null, 'unclosed_thinking'],
    ['<answer>A</answer><think>', null, 'unclosed_thinking'],
    ['<answer></answer>', null, 'empty'],
    [String.raw`\boxed{ }`, null, 'empty'],
    ['<think>A</think> ', null, 'empty'],
    ['', null, 'empty'],
  ])('%j', (text, answer, reason) => {
    expect(extractAnswer(text)).toEqual({ answer, reason })
  })

  test.each([
    [['tag'], String.raw`\boxed{A}`, null, 'not_found'],
    [['tag'], '', null, 'empty'],
    [['box'], '<answer>A</answer>', null, 'not_found'],
    [['box'], String.raw`<answer>\boxed{A}</answer>`, 'A', 'box'],
    [['text'], '<answer>A</answer>', '<answer>A</answer>', 'text'],
    [['tag', 'box'], 'A', null, 'not_found'],
  ] as const)('accepting %j alone: %j', (forms, text, answer, reason) => {
    expect(extractAnswer(text, forms)).toEqual({ answer, reason })
  })

  test('an answer comes from after the thinking, whatever the reply', () => {
    const piece = fc.constantFrom('<think>', '</think>', '<answer>', '</answer>', String.raw`\boxed{`, '}', 'x', ' ')
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('')
        const { answer } = extractAnswer(text)
        if (answer === null) return
        expect(answer).toBe(answer.trim())
        expect(text.slice(text.lastIndexOf('</think>') + 1)).toContain(answer)
        expect(text.lastIndexOf('<think>')).toBeLessThanOrEqual(text.lastIndexOf('</think>'))
      }),
      { numRuns: 1000 },
    )
  })

  test.each([[['tag']], [['box']], [['text']], [['tag', 'box', 'text']]] as const)(
    'finds what stateAnswer states in %j',
    (forms) => {
      expect(extractAnswer(stateAnswer('42', forms), forms).answer).toBe('42')
    },
  )

  test.each(hostileTexts())('ends on 100 KB of $name', ({ text }) => {
    for (const reply of [text, `${text}</think>${text}`, `<think>${text}`]) {
      const { answer, reason } = extractAnswer(reply)
      if (answer === null) expect(explainMissing(reason)).toMatch(/\.$/)
      else expect(reply).toContain(answer)
    }
  })
})
