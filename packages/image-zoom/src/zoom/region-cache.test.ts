import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { RegionCache, type EncodedRegion, type MakeRegion } from './region-cache.ts'

const { signal: never } = new AbortController()

function regionOf(length: number): EncodedRegion {
  return { bytes: new Uint8Array(length), mime: 'image/png' }
}

/** Work that ends when the test says so, and the signals that it was given. */
function manual(): { make: MakeRegion; finish: PromiseWithResolvers<EncodedRegion>[]; signals: AbortSignal[] } {
  const finish: PromiseWithResolvers<EncodedRegion>[] = []
  const signals: AbortSignal[] = []
  const make: MakeRegion = (signal) => {
    const result = Promise.withResolvers<EncodedRegion>()
    finish.push(result)
    signals.push(signal)
    return result.promise
  }
  return { make, finish, signals }
}

describe('what is kept', () => {
  test('one region serves all who ask at once, and those who ask later', async () => {
    const cache = new RegionCache(100)
    const make = vi.fn(async () => regionOf(10))
    const [one, other] = await Promise.all([cache.get('a', make, never), cache.get('a', make, never)])
    expect(other).toBe(one)
    expect(await cache.get('a', make, never)).toBe(one)
    expect(make).toHaveBeenCalledTimes(1)
  })

  test('the least recently used goes first, by bytes', async () => {
    const cache = new RegionCache(100)
    const made: string[] = []
    const get = (name: string, length: number): Promise<EncodedRegion> =>
      cache.get(name, async () => (made.push(name), regionOf(length)), never)
    await get('a', 40)
    await get('b', 40)
    await get('a', 40)
    await get('c', 30)
    expect(cache.bytes).toBe(70)
    for (const name of ['a', 'c', 'b']) await get(name, 40)
    expect(made).toEqual(['a', 'b', 'c', 'b'])
  })

  test('what is larger than the limit drives nothing out', async () => {
    const cache = new RegionCache(100)
    const small = await cache.get('small', async () => regionOf(100), never)
    expect((await cache.get('large', async () => regionOf(101), never)).bytes).toHaveLength(101)
    expect(cache.bytes).toBe(100)
    expect(await cache.get('small', async () => regionOf(1), never)).toBe(small)
  })

  test('never more than the limit', async () => {
    const check = fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 40 }), async (lengths) => {
      const cache = new RegionCache(100)
      for (const length of lengths) {
        await cache.get(String(length), async () => regionOf(length), never)
        expect(cache.bytes).toBeLessThanOrEqual(100)
        expect(cache.bytes).toBeGreaterThanOrEqual(length <= 100 ? length : 0)
      }
    })
    await fc.assert(check)
  })

  test('a failure reaches all who wait, and is not kept', async () => {
    const cache = new RegionCache(100)
    const make = vi.fn(async () => regionOf(10)).mockRejectedValueOnce(new Error('damaged'))
    const waiting = [cache.get('a', make, never), cache.get('a', make, never)]
    for (const failed of waiting) await expect(failed).rejects.toThrow('damaged')
    expect(cache.bytes).toBe(0)
    await expect(cache.get('a', make, never)).resolves.toBeDefined()
    expect(make).toHaveBeenCalledTimes(2)
  })
})

describe('whoever stops waiting', () => {
  test.each([0, 1])('does not stop the other of two (caller %d)', async (index) => {
    const { finish, make, signals } = manual()
    const cache = new RegionCache(100)
    const callers = [new AbortController(), new AbortController()]
    const waiting = callers.map(({ signal }) => cache.get('a', make, signal))
    callers[index]?.abort(new Error('stop'))
    await expect(waiting[index]).rejects.toThrow('stop')
    expect(signals[0]?.aborted).toBe(false)
    finish[0]?.resolve(regionOf(10))
    await expect(waiting[1 - index]).resolves.toEqual(regionOf(10))
    expect(finish).toHaveLength(1)
  })

  test('stops the work when it was the last, and the next one has it done again', async () => {
    const { finish, make, signals } = manual()
    const cache = new RegionCache(100)
    const callers = [new AbortController(), new AbortController()]
    const waiting = callers.map(({ signal }) => cache.get('a', make, signal))
    for (const caller of callers) caller.abort(new Error('stop'))
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    for (const stopped of waiting) await expect(stopped).rejects.toThrow('stop')
    const next = cache.get('a', make, never)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    // The first one ends late, as it was told: the second is not taken for it, and goes on to be shared.
    finish[0]?.reject(new Error('stop'))
    await finish[0]?.promise.catch(() => undefined)
    const shared = cache.get('a', make, never)
    expect(finish).toHaveLength(2)
    finish[1]?.resolve(regionOf(20))
    expect(await shared).toBe(await next)
    expect(cache.bytes).toBe(20)
  })

  test('before asking gets nothing, and nothing is started', async () => {
    const cache = new RegionCache(100)
    const make = vi.fn(async () => regionOf(10))
    await expect(cache.get('a', make, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
    expect(make).not.toHaveBeenCalled()
    await cache.get('a', make, never)
    await expect(cache.get('a', make, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
  })

  test('of work that is done anyway leaves it to the next one', async () => {
    const { finish, make } = manual()
    const cache = new RegionCache(100)
    const caller = new AbortController()
    const waiting = cache.get('a', make, caller.signal)
    caller.abort(new Error('stop'))
    await expect(waiting).rejects.toThrow('stop')
    finish[0]?.resolve(regionOf(10))
    await finish[0]?.promise
    await expect(cache.get('a', make, never)).resolves.toEqual(regionOf(10))
    expect(finish).toHaveLength(1)
  })
})
