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
  ])('%j', (text, expected) => {
    expect(normaliseText(text)).toBe(expected)
  })

  test('each difference can be made to count', () => {
    expect(normaliseText('Ａ  b.', { unicode: false })).toBe('ａ b')
    expect(normaliseText('Ａ  b.', { case: false })).toBe('A b')
    expect(normaliseText('Ａ  b.', { whitespace: false })).toBe('a  b')
    expect(normaliseText('Ａ  b.', { trailingPeriod: false })).toBe('a b.')
  })

  test('agrees with NFKC up to 30 marks in a row, and cuts longer runs', () => {
    const options = { case: false, whitespace: false, trailingPeriod: false }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        expect(normaliseText(text, options)).toBe(text.normalize('NFKC'))
      }),
    )
    expect(normaliseText(`a${'\u0315'.repeat(100)}`, options)).toBe(`a${'\u0315'.repeat(30)}`)
  })
})
