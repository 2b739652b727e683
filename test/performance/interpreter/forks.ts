import type { IsolationTier } from '@interleave/code-interpreter'
import { pythonLanguage } from './language.ts'
import { quantiles, type Quantiles } from './quantiles.ts'
import { rolloutsOf, type Rollout } from './rollout.ts'

export interface ForksFigure {
  readonly forks: number
  /** Until the branch is there. */
  readonly fork: Quantiles
  /** The first call in it, which reads the array. */
  readonly firstCall: Quantiles
}

// What no second run gives again: a branch that has it is a copy, not a repetition.
const source = [
  'import time, numpy as np, matplotlib.pyplot as plt',
  'born = time.time_ns()',
  'data = np.ones(6_000_000)',
  'figure, axes = plt.subplots()',
  'axes.plot([1, 2, 3])',
  "axes.set_title('a')",
].join('\n')
const shown = 'born, float(data.sum())'

/** Live branches of sessions that hold 48 MB of numbers and a figure, all alive at once, in milliseconds. */
export async function measureForks(tier: IsolationTier, sources: number, forks: number): Promise<ForksFigure> {
  await using tool = pythonLanguage.open(tier)
  const openRollout = rolloutsOf(tool)
  const forkTimes: number[] = []
  const callTimes: number[] = []
  // The first source pays for what is done once.
  for (let round = 0; round <= sources; round += 1) {
    await using rollout = openRollout()
    await rollout.call(source)
    const expected = await rollout.say(shown)
    const branches: Rollout[] = []
    try {
      for (let number = 0; number < (round === 0 ? 2 : forks); number += 1) {
        const started = performance.now()
        const branch = await rollout.fork()
        const forked = performance.now()
        branches.push(branch)
        const found = await branch.say(shown)
        const called = performance.now()
        if (found !== expected) throw new Error(`A branch has ${found} where its source has ${expected}.`)
        if (round === 0) continue
        forkTimes.push(forked - started)
        callTimes.push(called - forked)
      }
    } finally {
      for (const branch of branches) await branch[Symbol.asyncDispose]()
    }
  }
  return { forks: forkTimes.length, fork: quantiles(forkTimes), firstCall: quantiles(callTimes) }
}
