import { deriveSeed, type Trajectory } from '@interleave/trajectory'
import { expect, it } from 'vitest'
import { playScene } from './__fixtures__/play-scene.ts'
import { embeddedPolicy } from './embedded-policy.ts'
import { sceneTasks } from './scene/scene-tasks.ts'

const policy = embeddedPolicy()
const questions = 40
const rollouts = 8

interface Outcome {
  readonly calls: number
  readonly invalid: number
  readonly correct: boolean
}

/** A call that is answered without a picture was not valid; the call of a last turn is not answered. */
function outcomeOf({ segments, task }: Trajectory): Outcome {
  const calls = segments.filter(({ call }) => call !== undefined).length
  const answered = segments.filter(({ kind }) => kind === 'observation')
  const answer = segments.findLast(({ kind }) => kind === 'answer')?.text ?? ''
  return {
    calls,
    invalid: answered.length - segments.filter(({ images = [], turn }) => turn > 0 && images.length > 0).length,
    correct: answer.includes(`boxed{${task.reference as string}}`),
  }
}

it('starts near the rates of the paper: tool use, all-wrong subgroups, invalid calls, direct answers', async () => {
  const all: Outcome[] = []
  let [toolGroups, allWrong] = [0, 0]
  for await (const scene of sceneTasks({ seed: 101, count: questions })) {
    const group: Outcome[] = []
    for (let index = 0; index < rollouts; index += 1) {
      const { trajectory } = await playScene(policy, scene, deriveSeed(101, scene.task.id, index))
      group.push(outcomeOf(trajectory))
    }
    const using = group.filter(({ calls }) => calls > 0)
    if (using.length > 0) toolGroups += 1
    if (using.length > 0 && !using.some(({ correct }) => correct)) allWrong += 1
    all.push(...group)
  }
  const using = all.filter(({ calls }) => calls > 0)
  const direct = all.filter(({ calls }) => calls === 0)
  const share = (some: readonly Outcome[]): number => some.filter(({ correct }) => correct).length / some.length
  const calls = using.reduce((sum, outcome) => sum + outcome.calls, 0)
  const invalid = using.reduce((sum, outcome) => sum + outcome.invalid, 0)
  // About 30 %, 40 % and 10-20 %; the margins are more than four standard errors.
  expect(using.length / all.length).toBeGreaterThan(0.2)
  expect(using.length / all.length).toBeLessThan(0.42)
  expect(allWrong / toolGroups).toBeGreaterThan(0.15)
  expect(allWrong / toolGroups).toBeLessThan(0.68)
  expect(invalid / calls).toBeGreaterThan(0.06)
  expect(invalid / calls).toBeLessThan(0.27)
  // Without the tool two of five questions can be read, and one of eight is guessed.
  expect(share(direct)).toBeGreaterThan(0.3)
  expect(share(direct)).toBeLessThan(0.55)
  expect(share(using)).toBeGreaterThan(0.3)
  expect(share(using)).toBeLessThan(0.6)
}, 120_000)
