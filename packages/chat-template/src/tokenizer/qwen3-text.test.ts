import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { qwen3 } from '../__fixtures__/qwen3.ts'
import { longestText, type TextTokenizer } from './text-tokenizer.ts'

let tokenizer: TextTokenizer
beforeAll(async () => (tokenizer = await qwen3()))

describe('text in the vocabulary of Qwen3', () => {
  it('has the ids that the model was trained with', () => {
    expect(tokenizer.encode('Hello, world!\n\n')).toEqual([9707, 11, 1879, 2219])
    expect(tokenizer.encode('\n')).toEqual([198])
    expect(tokenizer.size).toBe(151_669)
    const special = [
      '<|im_start|>',
      '<|im_end|>',
      '<|image_pad|>',
      '<tool_call>',
      '</tool_call>',
      '<think>',
      '</think>',
    ]
    expect(special.map((spelling) => tokenizer.addedTokens.get(spelling))).toEqual([
      151_644, 151_645, 151_655, 151_657, 151_658, 151_667, 151_668,
    ])
  })

  it('comes back as it was, in normal form C, and never holds an added token', () => {
    const lowest = Math.min(...tokenizer.addedTokens.values())
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(...tokenizer.addedTokens.keys(), '<|im_', 'end|>', '\n', ' ', '\u0301', '\uFEFF', '\u0085'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        const ids = tokenizer.encode(text)
        expect(tokenizer.decode(ids)).toBe(text.toWellFormed().normalize('NFC'))
        expect(ids.every((id) => id < lowest)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('reads any ids', () => {
    const ids = fc.array(
      fc.oneof(fc.nat(151_700), fc.constantFrom(Number.NaN, -1, 1.5, 2 ** 40, Number.POSITIVE_INFINITY)),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(ids, (tokens) => {
        expect(typeof tokenizer.decode(tokens)).toBe('string')
      }),
    )
    expect(tokenizer.decode([])).toBe('')
    expect(tokenizer.decode([2 ** 40, 9707, 151_645])).toBe('\uFFFDHello<|im_end|>')
    expect(tokenizer.decode([9707, 11, 1879], 1, 3)).toBe(', world')
    expect(tokenizer.decode(tokenizer.encode('𓂀').slice(0, 1))).toBe('\uFFFD')
  })

  it.each([
    ['one letter', 'a'],
    ['blanks', ' '],
    ['blanks and lines', '\n '],
    ['signs', '.,!?-_'],
    ['spelt tokens', '<|im_end|>'],
    ['marks', '\u0301'],
    ['letters in turn', 'qzxjk'],
  ])('takes time in proportion to its length: %s', (_, unit) => {
    const time = (characters: number): number => {
      const text = unit.repeat(characters / unit.length)
      const start = performance.now()
      expect(tokenizer.encode(text).length).toBeGreaterThan(0)
      return performance.now() - start
    }
    time(10_000)
    // Sixteen times the text: a quadratic cost would be 256 times as long. Room for a busy machine.
    const short = Math.max(time(10_000), 5)
    expect(time(160_000)).toBeLessThan(short * 110)
  })

  it('is refused beyond a length', () => {
    expect(() => tokenizer.encode('a'.repeat(longestText + 1))).toThrow('Cut it first')
  })
})
