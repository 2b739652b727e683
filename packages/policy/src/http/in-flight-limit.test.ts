import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InFlightLimit } from './in-flight-limit.ts'
import { retryDelay } from './retry-delay.ts'

const open = new AbortController().signal

describe('InFlightLimit', () => {
  it('lets no more through than it has room for, and those who wait in order', async () => {
    const limit = new InFlightLimit(2)
    const order: number[] = []
    await limit.enter(open)
    await limit.enter(open)
    const waiting = [1, 2, 3].map(async (place) => {
      await limit.enter(open)
      order.push(place)
    })
    expect(limit.inFlight).toBe(2)
    for (let left = 3; left > 0; left -= 1) limit.leave('answered')
    await Promise.all(waiting)
    expect(order).toEqual([1, 2, 3])
    expect(limit.inFlight).toBe(2)
  })

  it('is what the server still held when it refused, and grows again with its answers', async () => {
    const limit = new InFlightLimit(100)
    for (let count = 0; count < 40; count += 1) await limit.enter(open)
    for (let count = 0; count < 36; count += 1) limit.leave('overloaded')
    expect(limit.limit).toBe(4)
    for (let count = 0; count < 4; count += 1) limit.leave('answered')
    expect(limit.limit).toBe(5)
  })

  it('one who goes away leaves the queue, and a full queue takes no one', async () => {
    const limit = new InFlightLimit(1, 1)
    await limit.enter(open)
    const controller = new AbortController()
    const waiting = limit.enter(controller.signal)
    await expect(limit.enter(open)).rejects.toMatchObject({ code: 'overloaded' })
    controller.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    const next = limit.enter(open)
    limit.leave('failed')
    await next
    expect(limit.inFlight).toBe(1)
  })

  it('never is below one or above its most, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('enter', 'answered', 'overloaded', 'failed'), { maxLength: 200 }),
        fc.integer({ min: 1, max: 8 }),
        async (steps, most) => {
          const limit = new InFlightLimit(most)
          const entered: Promise<void>[] = []
          for (const step of steps) {
            if (step === 'enter') entered.push(limit.enter(open))
            else if (limit.inFlight > 0) limit.leave(step)
            expect(limit.limit).toBeGreaterThanOrEqual(1)
            expect(limit.limit).toBeLessThanOrEqual(most)
            expect(limit.inFlight).toBeLessThanOrEqual(most)
          }
          while (limit.inFlight > 0) limit.leave('answered')
          await Promise.all(entered)
        },
      ),
    )
  })
})

describe('retryDelay', () => {
  it('is what the server asks for, in seconds or as a date, within a minute', () => {
    expect(retryDelay(0, '2')).toBe(2_000)
    expect(retryDelay(0, new Date(5_000).toUTCString(), 1_000)).toBe(4_000)
    expect(retryDelay(0, new Date(0).toUTCString(), 1_000)).toBe(0)
    expect(retryDelay(0, '100000')).toBe(60_000)
  })

  it('grows and ends growing where the server asks for nothing that can be read', () => {
    for (const asked of [undefined, 'soon', ''])
      for (let attempt = 0; attempt < 40; attempt += 1) {
        const delay = retryDelay(attempt, asked)
        expect(delay).toBeGreaterThanOrEqual(125)
        expect(delay).toBeLessThanOrEqual(15_000)
      }
  })
})
