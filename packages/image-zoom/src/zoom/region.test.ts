import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { qwen3vl } from './profile.ts'
import { roundHalfEven, smartResize, toRegion } from './region.ts'

type Corners = [number, number, number, number]

// Computed with Qwen-Agent's own two functions: image width and height, bbox_2d, region rounded outwards, size of the result.
const golden: [number, number, Corners, Corners, [number, number]][] = [
  [5173, 2506, [499, 833, 503, 838], [2564, 2077, 2619, 2110], [672, 416]],
  [5471, 4291, [536, 329, 565, 337], [2932, 1411, 3092, 1447], [1120, 256]],
  [444, 147, [743, 103, 745, 108], [329, 15, 331, 16], [576, 480]],
  [1053, 1085, [713, 720, 1103, 1535], [750, 781, 1053, 1085], [512, 544]],
  [1006, 798, [833, 915, 843, 917], [742, 714, 945, 747], [1280, 224]],
  [3342, 3710, [397, 13, 420, 36], [1326, 48, 1404, 134], [512, 544]],
  [465, 2422, [984, 786, 999, 812], [457, 1903, 465, 1967], [192, 1568]],
  [196, 1435, [473, 35, 667, 706], [92, 50, 131, 1014], [128, 2592]],
]

describe('toRegion and smartResize', () => {
  test.each(golden)('%i x %i, %j, as Qwen-Agent', (width, height, written, box, [wide, high]) => {
    const region = toRegion(written, { width, height }, qwen3vl)
    expect(region?.box).toEqual(box)
    expect(smartResize(region ?? { width: 0, height: 0 }, qwen3vl)).toEqual({ width: wide, height: high })
  })

  test('the whole image, and a region that fits the factor', () => {
    expect(toRegion([0, 0, 1000, 1000], { width: 640, height: 480 }, qwen3vl)?.box).toEqual([0, 0, 640, 480])
    expect(smartResize({ width: 1024, height: 832 }, qwen3vl)).toEqual({ width: 1024, height: 832 })
  })

  test('multiplies before it divides', () => {
    expect(toRegion([290, 0, 570, 1000], { width: 100, height: 100 }, qwen3vl)?.box).toEqual([29, 0, 57, 100])
  })

  test('a small region grows about its centre, and is clamped', () => {
    // A side that would be 32 exactly does not count as long enough, as in Qwen-Agent.
    expect(toRegion([500, 500, 510, 510], { width: 1000, height: 1000 }, qwen3vl)?.box).toEqual([500, 500, 510, 510])
    expect(toRegion([500, 500, 511, 511], { width: 1000, height: 1000 }, qwen3vl)?.box).toEqual([489, 489, 522, 522])
    expect(toRegion([0, 0, 11, 511], { width: 1000, height: 1000 }, qwen3vl)?.box).toEqual([0, 0, 11, 511])
  })

  test('outside the image there is no region', () => {
    const image = { width: 100, height: 100 }
    for (const box of [
      [1000, 0, 1100, 500],
      [0, -50, 500, 0],
      [-9, -9, -1, -1],
    ] as Corners[])
      expect(toRegion(box, image, qwen3vl)).toBeUndefined()
  })

  test('large regions are reduced to the limit', () => {
    const { height, width } = smartResize({ width: 8000, height: 6000 }, qwen3vl)
    expect([width % 32, height % 32]).toEqual([0, 0])
    expect(width * height).toBeLessThanOrEqual(qwen3vl.maxPixels)
    expect(width / height).toBeCloseTo(4 / 3, 1)
  })

  test('whatever was written, a region lies within the image and is not empty', () => {
    const coordinate = fc.oneof(
      fc.integer({ min: -100, max: 1100 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    )
    const side = fc.integer({ min: 1, max: 20_000 })
    const check = fc.property(
      coordinate,
      coordinate,
      coordinate,
      coordinate,
      side,
      side,
      (a, b, c, d, width, height) => {
        const region = toRegion([a, b, c, d], { width, height }, qwen3vl)
        if (region === undefined) return
        const [left, top, right, bottom] = region.box as Corners
        expect(left >= 0 && top >= 0 && right <= width && bottom <= height && left < right && top < bottom).toBe(true)
        expect(region.box.every(Number.isInteger)).toBe(true)
        const aspect = Math.max(region.width, region.height) / Math.min(region.width, region.height)
        if (!(aspect <= qwen3vl.maxAspect)) return
        const size = smartResize(region, qwen3vl)
        expect([size.width % 32, size.height % 32]).toEqual([0, 0])
        expect(size.width * size.height).toBeGreaterThanOrEqual(qwen3vl.minPixels)
        expect(size.width * size.height).toBeLessThanOrEqual(qwen3vl.maxPixels)
      },
    )
    fc.assert(check, { numRuns: 2_000 })
  })
})

test.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [3.5, 4],
  [2.4, 2],
  [2.6, 3],
  [-1.5, -2],
  [7, 7],
])('%d rounds to %d, as in Python', (value, rounded) => {
  expect(roundHalfEven(value)).toEqual(rounded)
})
