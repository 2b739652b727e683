import type { Task } from '@interleave/trajectory'
import { describe, expect, it } from 'vitest'
import { answer, played, task, world } from './__fixtures__/world.ts'
import { runRollouts } from './run-rollouts.ts'

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('runRollouts', () => {
  it('keeps the order of the tasks and the bound on what is in flight, and takes tasks as it needs them', async () => {
    let inFlight = 0
    let most = 0
    let taken = 0
    const policy = played(async ({ sampling }) => {
      inFlight += 1
      most = Math.max(most, inFlight)
      await wait(sampling.seed % 7)
      inFlight -= 1
      const tokens = answer('', '3')
      return { tokens, logprobs: tokens.map(() => -1), finish: 'stop' }
    })
    function* tasks(): Generator<Task> {
      for (; taken < 100;) {
        taken += 1
        yield { ...task, id: `t${taken}` }
      }
    }
    const seen: string[] = []
    for await (const trajectory of runRollouts(world(policy).source, tasks(), { rollouts: 2, concurrency: 4 })) {
      if (seen.length === 0) expect(taken).toBeLessThan(10)
      seen.push(`${trajectory.task.id}/${trajectory.group?.index}`)
    }
    expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => `t${Math.floor(index / 2) + 1}/${index % 2}`))
    expect(most).toBe(4)
  })

  it('drops what is in flight when it is cancelled', async () => {
    const controller = new AbortController()
    const policy = played(async ({ signal }) => {
      await wait(5)
      signal.throwIfAborted()
      const tokens = answer('', '3')
      return { tokens, logprobs: tokens.map(() => -1), finish: 'stop' }
    })
    const seen: string[] = []
    const run = async (): Promise<void> => {
      const many = Array.from({ length: 50 }, (_, index) => ({ ...task, id: `t${index}` }))
      for await (const trajectory of runRollouts(world(policy).source, many, {
        concurrency: 8,
        signal: controller.signal,
      })) {
        seen.push(trajectory.stop)
        if (seen.length === 10) controller.abort(new Error('enough'))
      }
    }
    await expect(run()).rejects.toThrow('enough')
    expect(new Set(seen)).toEqual(new Set(['answered']))
  })

  it('cancels what is in flight when its reader stops early', async () => {
    let cancelled = 0
    let started = 0
    const policy = played(async ({ signal }) => {
      started += 1
      if (started > 1)
        await new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            cancelled += 1
            reject(signal.reason as Error)
          }),
        )
      const tokens = answer('', '3')
      return { tokens, logprobs: tokens.map(() => -1), finish: 'stop' }
    })
    const many = Array.from({ length: 50 }, (_, index) => ({ ...task, id: `t${index}` }))
    for await (const trajectory of runRollouts(world(policy).source, many, { concurrency: 8 })) {
      expect(trajectory.stop).toBe('answered')
      break
    }
    expect(cancelled).toBe(started - 1)
    expect(started).toBeLessThan(20)
  })
})
