import { describe, expect, test } from 'vitest'
import { fakeSource, fakeTask } from './__fixtures__/fake-source.ts'
import { sampleStep } from './sample-step.ts'
import { trainSteps } from './train-steps.ts'

const tasks = [fakeTask(0), fakeTask(1)]

describe('trainSteps', () => {
  test('samples each step as sampleStep does, and updates before the next begins', async () => {
    const told: string[] = []
    const source = fakeSource({ onCall: ({ id }) => told.push(`sampled ${id.split('.')[0]}`) })
    const loop = trainSteps({
      source,
      tasks: (step) => [tasks[step % 2]!],
      steps: 3,
      seed: 9,
      options: { variant: 'grpo', rollouts: 2 },
      async update({ step, trajectories }) {
        told.push(`updated ${step} with ${trajectories.length}`)
        return step * 10
      },
    })
    const steps = await Array.fromAsync(loop)
    expect(steps.map(({ update }) => update)).toEqual([0, 10, 20])
    const order = told.filter((entry, index) => entry !== told[index - 1])
    expect(order.filter((entry) => entry.startsWith('updated'))).toEqual([
      'updated 0 with 2',
      'updated 1 with 2',
      'updated 2 with 2',
    ])
    expect(order.map((entry) => entry.split(' ')[0])).toEqual([
      'sampled',
      'updated',
      'sampled',
      'updated',
      'sampled',
      'updated',
    ])
    const alone = await sampleStep({
      source: fakeSource(),
      tasks: [tasks[1]!],
      seed: 9,
      step: 1,
      options: { variant: 'grpo', rollouts: 2 },
    })
    expect(steps[1]?.result.credit).toEqual(alone.credit)
    expect(steps[1]?.result.groups).toEqual(alone.groups)
  })

  test('goes on from a step, and rejects with what the update rejects with', async () => {
    const loop = trainSteps({
      source: fakeSource(),
      tasks: () => tasks,
      steps: 6,
      from: 4,
      seed: 1,
      update: async ({ step }) => {
        if (step === 5) throw new Error('out of memory')
        return step
      },
    })
    expect((await loop.next()).value).toMatchObject({ update: 4 })
    await expect(loop.next()).rejects.toThrow('out of memory')
  })

  test('stops between steps when the signal fires', async () => {
    const controller = new AbortController()
    let updates = 0
    const loop = trainSteps({
      source: fakeSource(),
      tasks: () => tasks,
      steps: 5,
      seed: 1,
      signal: controller.signal,
      update: async () => {
        updates += 1
        controller.abort(new Error('enough'))
      },
    })
    await loop.next()
    await expect(loop.next()).rejects.toThrow('enough')
    expect(updates).toBe(1)
  })
})
