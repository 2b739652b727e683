import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normaliseText } from './normalise-text.ts'

describe('normaliseText', () => {
  test.each([
    ['YE OLDE.', 'ye olde'],
    ['  two\n\twords ', 'two words'],
    ['１２', '12'],
    ['cafe\u0301', 'caf\u00e9'],
    ['green .', 'green'],
    ['wait...', 'wait..'],
    ['。', ''],
    ['no．', 'no'],
    ['Ａ\u0301\u3000（ｂ）～￥', 'á (b)~¥'],
    ['\u212B', 'å'],
    ['10²', '10²'],
    ['10₂', '10₂'],
    ['x²', 'x²'],
    ['№', '№'],
    ['½', '½'],
    ['ﬁ', 'ﬁ'],
    ['①⓪②', '①⓪②'],
    ['￣', '￣'],
  ])('%j', (text, expected) => {
    expect(normaliseText(text)).toBe(expected)
  })

  test('each difference can be made to count', () => {
    expect(normaliseText('Ａ  b.', { unicode: false })).toBe('ａ b')
    expect(normaliseText('Ａ  b.', { case: false })).toBe('A b')
    expect(normaliseText('Ａ  b.', { whitespace: false })).toBe('a  b')
    expect(normaliseText('Ａ  b.', { trailingPeriod: false })).toBe('a b.')
  })

  test('agrees with NFC up to 30 marks in a row, and cuts longer runs', () => {
    const options = { case: false, whitespace: false, trailingPeriod: false }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        fc.pre(!/[\u3000\uFF01-\uFF60\uFFE0-\uFFE6]/.test(text))
        expect(normaliseText(text, options)).toBe(text.normalize('NFC'))
      }),
    )
    expect(normaliseText(`a${'\u0315'.repeat(100)}`, options)).toBe(`a${'\u0315'.repeat(30)}`)
  })

  test('of the characters that NFKC changes and NFC does not, only full-width forms change', () => {
    const options = { case: false, whitespace: false, trailingPeriod: false }
    const changed: number[] = []
    for (let code = 0; code <= 0x10ffff; code += 1) {
      if (code >= 0xd800 && code <= 0xdfff) continue
      const char = String.fromCodePoint(code)
      if (normaliseText(char, options) !== char.normalize('NFC')) changed.push(code)
    }
    expect(changed).toHaveLength(1 + 96 + 6)
    expect(changed.every((code) => code === 0x3000 || (code >= 0xff01 && code <= 0xffe6))).toBe(true)
  })
})
