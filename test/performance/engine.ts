import { deriveSeed } from '@interleave/trajectory'
import { instantSource, type Scenario } from './scenario.ts'

export interface EngineFigure {
  readonly scenario: string
  readonly inFlight: number
  readonly rolloutsPerSecond: number
  readonly microsecondsPerTurn: number
  /** Heap and buffers that one rollout in flight holds on to. */
  readonly bytesPerRollout: number
}

const turns = 3
const repeats = 5

/** Three-turn rollouts through the whole engine with so many in flight: median of five runs after one to warm up. */
export async function measureEngine(scenario: Scenario, inFlight: number, count: number): Promise<EngineFigure> {
  const { source, task } = await instantSource(scenario)
  const { signal } = new AbortController()

  async function run(rollouts: number): Promise<number> {
    let next = 0
    const started = performance.now()
    const worker = async (): Promise<void> => {
      while (next < rollouts) {
        const index = next
        next += 1
        const id = `g.r${index}`
        const trajectory = await source.rollout(task, {
          id,
          groupId: 'g',
          index,
          sessionKey: 'g',
          seed: deriveSeed(1, 'rollout', index),
          signal,
        })
        if (trajectory.reward !== 1 || trajectory.turns.length !== turns)
          throw new Error(`A rollout went wrong: ${trajectory.stop} ${trajectory.fault?.message}`)
      }
    }
    await Promise.all(Array.from({ length: inFlight }, worker))
    return rollouts / ((performance.now() - started) / 1000)
  }

  await run(count)
  const rates: number[] = []
  for (let repeat = 0; repeat < repeats; repeat += 1) rates.push(await run(count))
  const rolloutsPerSecond = rates.toSorted((a, b) => a - b)[Math.floor(repeats / 2)] ?? 0
  return {
    scenario: scenario.name,
    inFlight,
    rolloutsPerSecond,
    microsecondsPerTurn: 1e6 / rolloutsPerSecond / turns,
    bytesPerRollout: await bytesHeld(scenario),
  }
}

/** Memory that a finished rollout's trajectory holds while somebody keeps it. */
async function bytesHeld(scenario: Scenario): Promise<number> {
  const { source, task } = await instantSource(scenario)
  const { signal } = new AbortController()
  const kept: unknown[] = []
  const add = async (rollouts: number): Promise<void> => {
    for (let index = 0; index < rollouts; index += 1)
      kept.push(
        await source.rollout(task, { id: `g.r${index}`, groupId: 'g', index, sessionKey: 'g', seed: index, signal }),
      )
  }
  await add(50)
  const before = heldBytes()
  await add(200)
  const held = heldBytes() - before
  kept.length = 0
  return held / 200
}

/** Live bytes after a collection. */
export function heldBytes(): number {
  globalThis.gc?.()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
