import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { qwen25VlPixels, qwen3VlPixels } from '../qwen.ts'
import { effectiveLength, smartResize } from './smart-resize.ts'

describe('smartResize', () => {
  // Width and height, resized width and height, tokens.
  it.each([
    [224, 224, 256, 256, 64],
    [224, 150, 320, 224, 70],
    [300, 400, 288, 384, 108],
    [1920, 1080, 1920, 1088, 2040],
    [6000, 4000, 4992, 3328, 16_224],
  ])('gives Qwen3-VL %i x %i', (width, height, toWidth, toHeight, tokens) => {
    expect(smartResize(width, height, qwen3VlPixels)).toEqual({ width: toWidth, height: toHeight })
    expect(effectiveLength(width, height, qwen3VlPixels)).toBe(tokens)
  })

  it('keeps sides in multiples, areas in bounds, and shapes nearly', () => {
    const side = fc.integer({ min: 1, max: 20_000 })
    fc.assert(
      fc.property(side, side, fc.constantFrom(qwen3VlPixels, qwen25VlPixels), (width, height, grid) => {
        fc.pre(Math.max(width, height) / Math.min(width, height) <= 200)
        const resized = smartResize(width, height, grid)
        expect(resized.width % grid.factor).toBe(0)
        expect(resized.height % grid.factor).toBe(0)
        const area = resized.width * resized.height
        expect(area).toBeGreaterThanOrEqual(Math.min(grid.minPixels, grid.factor ** 2))
        // One row of tokens stays, however narrow: only then may the area be larger.
        const row = Math.min(resized.width, resized.height) === grid.factor
        expect(area <= grid.maxPixels || row).toBe(true)
        expect(effectiveLength(width, height, grid)).toBe(area / grid.factor ** 2)
      }),
    )
  })

  it.each([
    [0, 10],
    [10, -1],
    [1.5, 10],
    [Number.NaN, 10],
    [2010, 10],
  ])('refuses %d x %d', (width, height) => {
    expect(() => smartResize(width, height, qwen3VlPixels)).toThrow(expect.objectContaining({ code: 'bad_image' }))
  })
})
