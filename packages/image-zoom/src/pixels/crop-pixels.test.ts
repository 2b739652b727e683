import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { pattern } from '../__fixtures__/pictures.ts'
import { channels, cropPixels } from './pixels.ts'

const source = pattern(23, 17)

test('every pixel is the one of the region, or the nearest one of its edge', () => {
  const span = (length: number): fc.Arbitrary<number[]> =>
    fc.uniqueArray(fc.integer({ min: 0, max: length }), { minLength: 2, maxLength: 2 })
  const sorted = (ends: number[]): [number, number] => [Math.min(...ends), Math.max(...ends)]
  const check = fc.property(span(23), span(17), fc.integer({ min: 0, max: 4 }), (columns, rows, margin) => {
    const [left, right] = sorted(columns)
    const [top, bottom] = sorted(rows)
    const { data, height, width } = cropPixels(source, [left, top, right, bottom], margin)
    expect([width, height]).toEqual([right - left + 2 * margin, bottom - top + 2 * margin])
    const expected: number[] = []
    for (let y = top - margin; y < bottom + margin; y += 1)
      for (let x = left - margin; x < right + margin; x += 1) {
        const row = Math.min(bottom - 1, Math.max(top, y))
        const column = Math.min(right - 1, Math.max(left, x))
        const at = (row * source.width + column) * channels
        expected.push(...source.data.subarray(at, at + channels))
      }
    expect([...data]).toEqual(expected)
  })
  fc.assert(check)
})

test('a copy of all of it is a copy', () => {
  const copy = cropPixels(source, [0, 0, 23, 17])
  copy.data.fill(0)
  expect(source.data.some((value) => value > 0)).toBe(true)
})
