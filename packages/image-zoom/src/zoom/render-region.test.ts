import { createImage, type Image } from '@interleave/trajectory'
import { expect, test } from 'vitest'
import type { Pixels } from '../pixels/pixels.ts'
import { createRegionRenderer } from './render-region.ts'

const size = { width: 32, height: 32 }
const { signal: never } = new AbortController()

function numbered(number: number): Image {
  return createImage(new Uint8Array([number]), { mime: 'image/png', width: 8, height: 8 })
}

function pixelsOf({ height, width }: Image): Pixels {
  return { data: new Uint8Array(width * height * 3), width, height }
}

test('however many ask at once, no more decoded images are held than there are turns', async () => {
  let held = 0
  let most = 0
  const decode = async (image: Image): Promise<Pixels> => {
    await new Promise((resolve) => setImmediate(resolve))
    most = Math.max(most, (held += 1))
    return pixelsOf(image)
  }
  const render = createRegionRenderer({ encoding: 'png', cacheBytes: 0, width: 3, decode })
  const zooms = Array.from({ length: 40 }, async (_, number) => {
    const { bytes } = await render(numbered(number), [0, 0, 8, 8], size, never)
    held -= 1
    return bytes.length
  })
  expect((await Promise.all(zooms)).every((length) => length > 0)).toBe(true)
  expect(most).toBe(3)
})

test('a decoding that nobody waits for any more is not started, and one that goes on keeps its turn', async () => {
  const gate = Promise.withResolvers<void>()
  const decoded: string[] = []
  const decode = async (image: Image): Promise<Pixels> => {
    decoded.push(image.hash)
    await gate.promise
    return pixelsOf(image)
  }
  const render = createRegionRenderer({ encoding: 'png', cacheBytes: 0, width: 2, decode })
  const controller = new AbortController()
  const cancelled = [1, 2, 3, 4, 5].map((number) => render(numbered(number), [0, 0, 8, 8], size, controller.signal))
  const other = render(numbered(9), [0, 0, 8, 8], size, never)
  controller.abort(new Error('stop'))
  cancelled.push(render(numbered(6), [0, 0, 8, 8], size, controller.signal))
  for (const zoom of cancelled) await expect(zoom).rejects.toMatchObject({ boundary: 'tool', code: 'overloaded' })
  expect(decoded).toEqual([1, 2].map((number) => numbered(number).hash))
  gate.resolve()
  expect((await other).mime).toBe('image/png')
  expect(decoded).toEqual([1, 2, 9].map((number) => numbered(number).hash))
})

test('rollouts that ask for one image at once share its decoding', async () => {
  let decodings = 0
  const decode = async (image: Image): Promise<Pixels> => {
    decodings += 1
    await new Promise((resolve) => setImmediate(resolve))
    return pixelsOf(image)
  }
  const render = createRegionRenderer({ encoding: 'png', cacheBytes: 1_000, width: 2, decode })
  await Promise.all(Array.from({ length: 5 }, () => render(numbered(1), [0, 0, 8, 8], size, never)))
  expect(decodings).toBe(1)
})
