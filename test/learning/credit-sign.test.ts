import { trainSteps } from '@interleave/axpo'
import { byteTemplate } from '@interleave/chat-template/byte'
import { trainablePolicy } from '@interleave/embedded-policy'
import { sceneTasks } from '@interleave/embedded-policy/scenes'
import { connectEnvironment, defineEnvironment, runRollouts, type EnvironmentSource } from '@interleave/environment'
import { imageZoom } from '@interleave/image-zoom'
import { lintCredit, lintTrajectory, memoryMediaStore, type Credit, type Task } from '@interleave/trajectory'
import { multipleChoice } from '@interleave/verifier'
import { describe, expect, test } from 'vitest'

const scenes = await Array.fromAsync(sceneTasks({ seed: 11, count: 16, kinds: ['colour-in-orange', 'shape-in-blue'] }))
const tasks = scenes.map(({ task }) => task)
const media = memoryMediaStore(scenes.map(({ image }) => image))
const environment = defineEnvironment({
  name: 'scenes',
  version: '1',
  tools: [imageZoom({ maxPixels: 16_384 })],
  verifiers: [multipleChoice()],
})
const template = byteTemplate()
const remembering = trainablePolicy()

async function successRate(source: EnvironmentSource, of: readonly Task[]): Promise<number> {
  let [correct, count] = [0, 0]
  for await (const { reward } of runRollouts(source, of, { rollouts: 16, seed: 77 })) {
    correct += reward === 1 ? 1 : 0
    count += 1
  }
  return correct / count
}

const times = (factor: number, credit: readonly Credit[]): Credit[] =>
  credit.map((one) => ({ ...one, spans: one.spans.map((span) => ({ ...span, advantage: factor * span.advantage })) }))

/** Success before and after 30 steps whose advantages were multiplied by a factor. */
async function train(factor: number, variant: 'axpo' | 'grpo'): Promise<{ before: number; after: number }> {
  await using policy = trainablePolicy({ sharing: remembering })
  const source = connectEnvironment(environment, { policy, template, media })
  const before = await successRate(source, tasks)
  const steps = trainSteps({
    source,
    tasks: () => tasks,
    steps: 30,
    seed: 3,
    options: { variant, rollouts: 8 },
    update: ({ credit, trajectories }) => policy.update({ trajectories, credit: times(factor, credit), media }),
  })
  for await (const { result } of steps) {
    expect(result.trajectories.flatMap((trajectory) => lintTrajectory(trajectory))).toEqual([])
    expect(result.credit.flatMap((credit, index) => lintCredit(credit, result.trajectories[index]!))).toEqual([])
  }
  return { before, after: await successRate(source, tasks) }
}

describe.each(['axpo', 'grpo'] as const)('credit of %s', (variant) => {
  test('raises the success rate; with its sign turned it lowers it', async () => {
    const right = await train(1, variant)
    const wrong = await train(-1, variant)
    expect(right.after).toBeGreaterThan(right.before + 0.1)
    expect(wrong.after).toBeLessThan(wrong.before - 0.1)
    expect(wrong.before).toBe(right.before)
  }, 240_000)
})
