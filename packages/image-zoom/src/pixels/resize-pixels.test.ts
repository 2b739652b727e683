import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { pattern } from '../__fixtures__/pictures.ts'
import { cropPixels, type Pixels } from './pixels.ts'
import { resizePixels } from './resize-pixels.ts'

const sizes: [number, number, number, number][] = [
  [100, 60, 672, 416],
  [64, 64, 128, 128],
  [33, 40, 512, 544],
  [1, 1, 32, 32],
  [400, 300, 128, 96],
  [400, 300, 384, 320],
  [200, 300, 224, 288],
]

const script = `
import sys
from PIL import Image
width, height, wide, high = map(int, sys.argv[1:])
image = Image.frombytes('RGB', (width, height), sys.stdin.buffer.read())
sys.stdout.buffer.write(image.resize((wide, high), Image.BICUBIC).tobytes())`

const hasPillow = spawnSync('python3', ['-c', 'import PIL']).status === 0

function pillow(pixels: Pixels, width: number, height: number): Uint8Array {
  const args = ['-c', script, ...[pixels.width, pixels.height, width, height].map(String)]
  const { status, stdout } = spawnSync('python3', args, { input: pixels.data, maxBuffer: 2 ** 28 })
  expect(status).toBe(0)
  return stdout
}

function difference(one: Uint8Array, other: Uint8Array): { mean: number; max: number } {
  expect(one.length).toBe(other.length)
  let sum = 0
  let max = 0
  for (const [index, value] of one.entries()) {
    const apart = Math.abs(value - (other[index] ?? 0))
    sum += apart
    max = Math.max(max, apart)
  }
  return { mean: sum / one.length, max }
}

describe('resizePixels', () => {
  test.skipIf(!hasPillow).each(sizes)(
    '%i x %i to %i x %i is what Pillow gives (skipped where python3 has no Pillow)',
    async (width, height, wide, high) => {
      const pixels = pattern(width, height)
      const { data } = await resizePixels(pixels, wide, high)
      const apart = difference(data, pillow(pixels, wide, high))
      expect(apart.mean).toBeLessThan(0.25)
      // At the border Pillow reweighs the pixels it has, where here the edge repeats.
      expect(apart.max).toBeLessThanOrEqual(8)
    },
  )

  test('an enlargement is centred: a mirrored image gives the mirrored result', async () => {
    const mirror = ({ data, height, width }: Pixels): Pixels => {
      const mirrored = new Uint8Array(data.length)
      for (let y = 0; y < height; y += 1)
        for (let x = 0; x < width; x += 1)
          for (let c = 0; c < 3; c += 1)
            mirrored[(y * width + width - 1 - x) * 3 + c] = data[(y * width + x) * 3 + c] ?? 0
      return { data: mirrored, width, height }
    }
    const pixels = pattern(37, 23)
    const there = await resizePixels(pixels, 96, 64)
    const back = mirror(await resizePixels(mirror(pixels), 96, 64))
    expect(difference(there.data, back.data).max).toBeLessThanOrEqual(3)
  })

  test('a flat image stays flat, its border included', async () => {
    const flat = { data: new Uint8Array(20 * 10 * 3).fill(77), width: 20, height: 10 }
    for (const [width, height] of [
      [64, 32],
      [8, 4],
      [32, 6],
    ] as const) {
      const { data } = await resizePixels(flat, width, height)
      expect([...new Set(data)]).toEqual([77])
      expect(data.length).toBe(width * height * 3)
    }
  })

  test('the same size is the same pixels', async () => {
    const pixels = pattern(9, 7)
    expect(await resizePixels(pixels, 9, 7)).toBe(pixels)
  })
})

test('cropPixels repeats the edge in its margin', () => {
  const grey = (values: number[]): number[] => values.flatMap((value) => [value, value, value])
  const pixels = { data: new Uint8Array(grey([1, 2, 3, 4, 5, 6, 7, 8, 9])), width: 3, height: 3 }
  const cropped = cropPixels(pixels, [1, 0, 3, 2], 1)
  expect([cropped.width, cropped.height]).toEqual([4, 4])
  expect([...cropped.data]).toEqual(grey([2, 2, 3, 3, 2, 2, 3, 3, 5, 5, 6, 6, 5, 5, 6, 6]))
  expect([...cropPixels(pixels, [1, 1, 2, 2]).data]).toEqual(grey([5]))
})
