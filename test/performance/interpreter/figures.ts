import type { IsolationTier } from '@interleave/code-interpreter'
import type { BareLibrary } from './bare-library.ts'
import { pythonLanguage } from './language.ts'
import { quantiles, type Quantiles } from './quantiles.ts'
import { rolloutsOf } from './rollout.ts'

export interface FiguresFigure {
  readonly calls: number
  readonly bare: Quantiles
  readonly call: Quantiles
}

const code = "plt.plot([1,2,3]); plt.title('a')"
const perRound = 20
const warmUp = 5

/** Calls that return a figure beside the same with the bare library, in turns, in milliseconds. */
export async function measureFigures(bare: BareLibrary, tier: IsolationTier, rounds: number): Promise<FiguresFigure> {
  await using tool = pythonLanguage.open(tier)
  const openRollout = rolloutsOf(tool)
  const bareTimes: number[] = []
  const callTimes: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    bareTimes.push(...(await bare.draw(perRound)))
    await using rollout = openRollout()
    await rollout.call('import matplotlib.pyplot as plt')
    for (let number = 0; number < warmUp + perRound; number += 1) {
      const started = performance.now()
      const { images } = await rollout.call(code)
      if (number >= warmUp) callTimes.push(performance.now() - started)
      if (images[0] === undefined || Buffer.compare(images[0].bytes, bare.picture) !== 0)
        throw new Error('The picture of the tool is not that of the bare library, so the two cannot be compared.')
    }
  }
  return { calls: callTimes.length, bare: quantiles(bareTimes), call: quantiles(callTimes) }
}
