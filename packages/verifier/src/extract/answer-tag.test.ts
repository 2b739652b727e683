import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerTag } from './answer-tag.ts'

describe('answerTag', () => {
  test.each([
    ['<answer>A</answer>', 'A'],
    ['<answer>A</answer> then <answer>B</answer>.', 'B'],
    ['<answer>A</answer> then <answer>B', 'A'],
    ['<answer>x<answer>A</answer></answer>', 'A'],
    ['<answer>A</answer></answer>', 'A'],
    ['<answer>\n two\nlines </answer>', '\n two\nlines '],
    ['<answer></answer>', ''],
    ['</answer><answer>', null],
    ['A</answer>', null],
    ['<answer>A', null],
    ['<Answer>A</Answer>', null],
    ['', null],
  ])('%j', (text, expected) => {
    expect(answerTag(text)).toBe(expected)
  })

  test('finds the last pair that a plain search finds, over any mix of tags', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('<answer>', '</answer>', 'a', 'b')), (pieces) => {
        const text = pieces.join('')
        // Every complete pair with no tag inside; the last one is the answer.
        const pairs = [...text.matchAll(/<answer>([ab]*)<\/answer>/g)]
        expect(answerTag(text)).toBe(pairs.at(-1)?.[1] ?? null)
      }),
    )
  })
})
