import { createImage, type Image } from '@interleave/trajectory'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLimiter } from './limiter.ts'
import { PixelCache } from './pixel-cache.ts'
import type { Pixels } from './pixels.ts'

function named(name: string, width = 10): Image {
  return createImage(new TextEncoder().encode(name), { mime: 'image/png', width, height: 1 })
}

function pixelsOf({ height, width }: Image): Pixels {
  return { data: new Uint8Array(width * height * 3), width, height }
}

describe('PixelCache', () => {
  test('one decoding serves all who ask at once, and those who ask later', async () => {
    const decoded: string[] = []
    const cache = new PixelCache(1_000, async (image) => {
      decoded.push(image.hash)
      return pixelsOf(image)
    })
    const image = named('a')
    const [one, other] = await Promise.all([cache.get(image), cache.get({ ...image })])
    expect(one).toBe(other)
    expect(await cache.get(image)).toBe(one)
    expect(decoded).toEqual([image.hash])
  })

  test('the least recently used goes first', async () => {
    const decoded: string[] = []
    const images = { a: named('a'), b: named('b'), c: named('c') }
    const cache = new PixelCache(60, async (image) => {
      decoded.push(Object.entries(images).find(([, { hash }]) => hash === image.hash)?.[0] ?? '')
      return pixelsOf(image)
    })
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b'] as const) await cache.get(images[name])
    expect(decoded).toEqual(['a', 'b', 'c', 'b'])
    expect(cache.bytes).toBe(60)
  })

  test('a failure is not kept', async () => {
    let calls = 0
    const cache = new PixelCache(1_000, async (image) => {
      calls += 1
      if (calls === 1) throw new Error('damaged')
      return pixelsOf(image)
    })
    await expect(cache.get(named('a'))).rejects.toThrow('damaged')
    expect(cache.bytes).toBe(0)
    await expect(cache.get(named('a'))).resolves.toBeDefined()
  })

  test('never holds more than its limit, and counts right', async () => {
    const check = fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 40 }), async (widths) => {
      const cache = new PixelCache(90, async (image) => pixelsOf(image))
      for (const width of widths) {
        await cache.get(named(String(width), width))
        expect(cache.bytes).toBeLessThanOrEqual(90)
        expect(cache.bytes).toBeGreaterThanOrEqual(0)
      }
    })
    await fc.assert(check)
  })
})

describe('createLimiter', () => {
  test('runs so many at a time, in order, whatever fails', async () => {
    const limit = createLimiter(2)
    const started: number[] = []
    let running = 0
    let most = 0
    const work = async (number: number): Promise<number> => {
      started.push(number)
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      if (number === 1) throw new Error('one')
      return number
    }
    const results = await Promise.allSettled([0, 1, 2, 3, 4, 5].map((number) => limit(() => work(number))))
    expect(most).toBe(2)
    expect(started).toEqual([0, 1, 2, 3, 4, 5])
    expect(results.map((result) => result.status === 'fulfilled')).toEqual([true, false, true, true, true, true])
  })

  test('what is aborted while it waits never runs, and takes no place', async () => {
    const limit = createLimiter(1)
    const controller = new AbortController()
    const first = Promise.withResolvers<string>()
    const running = limit(() => first.promise)
    const waiting = limit(async () => expect.unreachable('aborted'), controller.signal)
    const last = limit(async () => 'last')
    controller.abort(new Error('stop'))
    await expect(waiting).rejects.toThrow('stop')
    first.resolve('first')
    expect(await Promise.all([running, last])).toEqual(['first', 'last'])
    await expect(limit(async () => 'late', controller.signal)).rejects.toThrow('stop')
    expect(await limit(async () => 'again')).toBe('again')
  })
})
