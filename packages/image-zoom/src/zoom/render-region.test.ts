import { createImage, type Image } from '@interleave/trajectory'
import { describe, expect, test, vi } from 'vitest'
import type { Pixels } from '../pixels/pixels.ts'
import { sharp } from '../pixels/vips.ts'
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
  await Promise.all([4, 5, 6, 7, 8].map((right) => render(numbered(1), [0, 0, right, 8], size, never)))
  expect(decodings).toBe(1)
})

describe('a region that was rendered before', () => {
  const box = [0, 0, 8, 8]
  const options = { encoding: 'png', cacheBytes: 100_000, width: 1 } as const

  test('is the same bytes, and takes no turn', async () => {
    const gate = Promise.withResolvers<void>()
    const decode = vi.fn(async (image: Image): Promise<Pixels> => {
      if (image.hash !== numbered(1).hash) await gate.promise
      return pixelsOf(image)
    })
    const render = createRegionRenderer({ ...options, decode })
    const first = await render(numbered(1), box, size, never)
    const blocking = render(numbered(2), box, size, never)
    expect(await render(numbered(1), [...box], { ...size }, never)).toBe(first)
    gate.resolve()
    await blocking
    expect(decode).toHaveBeenCalledTimes(2)
  })

  test('is not given to a call that was cancelled', async () => {
    const render = createRegionRenderer({ ...options, decode: async (image) => pixelsOf(image) })
    await render(numbered(1), box, size, never)
    const late = render(numbered(1), box, size, AbortSignal.abort(new Error('stop')))
    await expect(late).rejects.toMatchObject({ boundary: 'tool', code: 'overloaded' })
  })

  test('is another one at another size, of another box or of another image', async () => {
    const render = createRegionRenderer({ ...options, decode: async (image) => pixelsOf(image) })
    const regions = await Promise.all([
      render(numbered(1), box, size, never),
      render(numbered(1), box, { width: 64, height: 32 }, never),
      render(numbered(1), box, { width: 32, height: 64 }, never),
      render(numbered(1), [0, 0, 8, 4], size, never),
      render(numbered(2), box, size, never),
    ])
    expect(new Set(regions).size).toBe(5)
    const sizes = await Promise.all(regions.map(async ({ bytes }) => sharp(bytes).metadata()))
    expect(sizes.map(({ height, width }) => [width, height])).toEqual([
      [32, 32],
      [64, 32],
      [32, 64],
      [32, 32],
      [32, 32],
    ])
  })

  test('does not hide that a record says another size', async () => {
    const right = numbered(1)
    const render = createRegionRenderer({ ...options, decode: async () => pixelsOf(right) })
    await render(right, [0, 0, 4, 4], size, never)
    const wrong = render({ ...right, width: 9 }, [0, 0, 4, 4], size, never)
    await expect(wrong).rejects.toMatchObject({ boundary: 'media', code: 'unreadable_image' })
  })

  test('is made anew with the same bytes where nothing is kept', async () => {
    const decode = vi.fn(async (image: Image) => pixelsOf(image))
    const render = createRegionRenderer({ ...options, cacheBytes: 0, decode })
    const first = await render(numbered(1), box, size, never)
    const second = await render(numbered(1), box, size, never)
    expect(second).not.toBe(first)
    expect(second).toEqual(first)
    expect(decode).toHaveBeenCalledTimes(2)
  })
})

test('a rendering that one of two stopped waiting for is finished for the other', async () => {
  const gate = Promise.withResolvers<void>()
  const decode = vi.fn(async (image: Image): Promise<Pixels> => {
    await gate.promise
    return pixelsOf(image)
  })
  const render = createRegionRenderer({ encoding: 'png', cacheBytes: 0, width: 1, decode })
  const controller = new AbortController()
  const first = render(numbered(1), [0, 0, 8, 8], size, controller.signal)
  const other = render(numbered(1), [0, 0, 8, 8], size, never)
  controller.abort(new Error('stop'))
  await expect(first).rejects.toMatchObject({ boundary: 'tool', code: 'overloaded' })
  gate.resolve()
  expect((await other).bytes.length).toBeGreaterThan(0)
  expect(decode).toHaveBeenCalledTimes(1)
})

test.each([0, 1, 7.5, -1])('a cache of %d bytes keeps nothing and stops nothing', async (cacheBytes) => {
  const decode = vi.fn(async (image: Image) => pixelsOf(image))
  const render = createRegionRenderer({ encoding: 'jpeg', cacheBytes, decode })
  for (let call = 1; call <= 2; call += 1) {
    expect((await render(numbered(1), [0, 0, 8, 8], size, never)).mime).toBe('image/jpeg')
    expect(decode).toHaveBeenCalledTimes(call)
  }
})

test('a cache without a limit keeps images and regions', async () => {
  const decode = vi.fn(async (image: Image) => pixelsOf(image))
  const render = createRegionRenderer({ encoding: 'png', cacheBytes: Infinity, decode })
  const region = await render(numbered(1), [0, 0, 8, 8], size, never)
  await render(numbered(1), [0, 0, 4, 8], size, never)
  expect(await render(numbered(1), [0, 0, 8, 8], size, never)).toBe(region)
  expect(decode).toHaveBeenCalledTimes(1)
})

test('of the cache seven eighths are for decoded images, and one eighth for regions', async () => {
  const boxes = [
    [0, 0, 8, 8],
    [0, 0, 4, 8],
  ]
  const decodings = async (cacheBytes: number): Promise<number> => {
    const decode = vi.fn(async (image: Image) => pixelsOf(image))
    const render = createRegionRenderer({ encoding: 'png', cacheBytes, decode })
    for (const box of boxes) await render(numbered(1), box, size, never)
    return decode.mock.calls.length
  }
  // An image of 192 bytes; 192 * 8 / 7 is 219.4.
  expect([await decodings(219), await decodings(220)]).toEqual([2, 1])

  const keeps = async (cacheBytes: number): Promise<boolean> => {
    const render = createRegionRenderer({ encoding: 'png', cacheBytes, decode: async (image) => pixelsOf(image) })
    const first = await render(numbered(1), [0, 0, 8, 8], size, never)
    return (await render(numbered(1), [0, 0, 8, 8], size, never)) === first
  }
  const alone = createRegionRenderer({ encoding: 'png', cacheBytes: 0, decode: async (image) => pixelsOf(image) })
  const { length } = (await alone(numbered(1), [0, 0, 8, 8], size, never)).bytes
  expect([await keeps(8 * length - 1), await keeps(8 * length)]).toEqual([false, true])
})
