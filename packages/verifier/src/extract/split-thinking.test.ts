import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitThinking } from './split-thinking.ts'

describe('splitThinking', () => {
  test.each([
    ['plain answer', { thinking: null, answer: 'plain answer' }],
    ['<think>a</think>b', { thinking: 'a', answer: 'b' }],
    [' <think>a</think>b', { thinking: 'a', answer: 'b' }],
    ['a</think>b', { thinking: 'a', answer: 'b' }],
    ['a</think>b</think>c', { thinking: 'a</think>b', answer: 'c' }],
    ['<think>a <think>b</think>c', { thinking: 'a <think>b', answer: 'c' }],
    ['<think>a', { thinking: 'a', answer: null }],
    ['a</think>b<think>c', { thinking: 'a</think>b<think>c', answer: null }],
    ['</think>', { thinking: '', answer: '' }],
    ['<think></think>', { thinking: '', answer: '' }],
    ['', { thinking: null, answer: '' }],
    ['<Think>a</Think>b', { thinking: null, answer: '<Think>a</Think>b' }],
  ])('%j', (text, expected) => {
    expect(splitThinking(text)).toEqual(expected)
  })

  test('what follows the last closing tag is the answer, whatever came before', () => {
    const plain = fc.string().filter((text) => !text.includes('<'))
    fc.assert(
      fc.property(fc.array(fc.constantFrom('<think>', '</think>', 'x', '\n')), plain, (thinking, answer) => {
        expect(splitThinking(`${thinking.join('')}</think>${answer}`).answer).toBe(answer)
        expect(splitThinking(`${thinking.join('')}<think>${answer}`).answer).toBeNull()
      }),
    )
  })
})
