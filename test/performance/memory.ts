import { runRollouts } from '@interleave/environment'
import type { Task } from '@interleave/trajectory'
import { heldBytes } from './engine.ts'
import { instantSource, scenarios } from './scenario.ts'

export interface MemoryFigure {
  readonly rollouts: number
  readonly megabytes: number
}

/** Live memory as a long run goes on, read at every tenth: it must not grow. */
export async function measureMemory(rollouts: number): Promise<MemoryFigure[]> {
  const { source, task } = await instantSource(scenarios[0]!)
  const figures: MemoryFigure[] = []
  function* tasks(): Generator<Task> {
    // A task object of its own each, as a reader of a long file would hand out.
    for (let index = 0; index < rollouts; index += 1) yield { ...task, id: `t${index}` }
  }
  let done = 0
  for await (const trajectory of runRollouts(source, tasks(), { concurrency: 64 })) {
    if (trajectory.reward !== 1) throw new Error(`A rollout went wrong: ${trajectory.stop}`)
    done += 1
    if (done % (rollouts / 10) === 0) figures.push({ rollouts: done, megabytes: heldBytes() / 1e6 })
  }
  return figures
}
