import { deriveSeed, type Task, type Trajectory } from '@interleave/trajectory'
import { pMapIterable } from 'p-map'
import { followSignal } from './abort-fan.ts'
import type { EnvironmentSource } from './rollout-source.ts'

export interface RunOptions {
  /** Rollouts of each task. Default 1. */
  readonly rollouts?: number
  /** Rollouts in flight, and finished ones that wait for the reader. Default 64. */
  readonly concurrency?: number
  readonly seed?: number
  readonly signal?: AbortSignal
}

/**
 * Rollouts of many tasks, at most `concurrency` at once, in the order of the tasks whatever finishes first. Tasks are taken
 * from the iterable as they are needed, and no faster than the reader takes trajectories. When the signal fires, what is in
 * flight is cancelled and dropped, and the iterator throws the signal's reason.
 */
export async function* runRollouts(
  source: EnvironmentSource,
  tasks: Iterable<Task> | AsyncIterable<Task>,
  options: RunOptions = {},
): AsyncGenerator<Trajectory, void, undefined> {
  const { rollouts = 1, concurrency = 64, seed = 0, signal } = options
  const controller = new AbortController()
  const unfollow = signal === undefined ? undefined : followSignal(signal, controller)

  async function* requests(): AsyncGenerator<{ task: Task; groupId: string; index: number }> {
    let group = 0
    for await (const task of tasks) {
      const groupId = `g${String(group).padStart(6, '0')}`
      for (let index = 0; index < rollouts; index += 1) yield { task, groupId, index }
      group += 1
    }
  }

  const made = pMapIterable(
    requests(),
    ({ task, groupId, index }) => {
      const id = `${groupId}.r${index}`
      return source.rollout(task, {
        id,
        groupId,
        index,
        sessionKey: groupId,
        seed: deriveSeed(seed, 'rollout', id),
        signal: controller.signal,
      })
    },
    { concurrency, backpressure: concurrency },
  )
  try {
    for await (const trajectory of made) {
      signal?.throwIfAborted()
      yield trajectory
    }
  } finally {
    // A reader that stops early cancels what is in flight.
    controller.abort()
    unfollow?.()
  }
}
