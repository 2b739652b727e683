import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeImage, encodePixels } from './encode-pixels.ts'
import { cropPixels, type Pixels } from './pixels.ts'
import { isReduction, reducedRegion } from './reduced-region.ts'
import { resizePixels } from './resize-pixels.ts'

const pixels: Pixels = {
  width: 120,
  height: 90,
  data: Uint8Array.from({ length: 120 * 90 * 3 }, (_, at) => (at * at + 7 * at) % 251),
}

test('a region made smaller in one pass has the bytes of crop, resize and encode', async () => {
  const part = fc.tuple(fc.nat(100), fc.nat(70), fc.integer({ min: 2, max: 20 }), fc.integer({ min: 2, max: 20 }))
  const share = fc.double({ min: 0.1, max: 1, noNaN: true })
  await fc.assert(
    fc.asyncProperty(part, share, share, async ([x, y, wide, high], across, down) => {
      const box = [x, y, x + wide, y + high]
      const size = { width: Math.max(1, Math.round(wide * across)), height: Math.max(1, Math.round(high * down)) }
      const apart = await encodePixels(await resizePixels(cropPixels(pixels, box), size.width, size.height), 'png')
      expect(await encodeImage(reducedRegion(pixels, box, size), 'png')).toEqual(apart)
    }),
    { numRuns: 60 },
  )
})

test('only what grows in neither direction is a reduction', () => {
  expect(isReduction([0, 0, 10, 20], { width: 10, height: 20 })).toBe(true)
  expect(isReduction([0, 0, 10, 20], { width: 11, height: 2 })).toBe(false)
  expect(isReduction([5, 5, 15, 25], { width: 2, height: 21 })).toBe(false)
})
