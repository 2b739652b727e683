import type { IsolationTier } from '@interleave/code-interpreter'
import type { Language } from './language.ts'
import { quantiles, type Quantiles } from './quantiles.ts'
import { rolloutsOf, type Rollout } from './rollout.ts'

export interface TinyCallsFigure extends Quantiles {
  readonly atOnce: number
  readonly callsPerSecond: number
}

const warmUp = 100

/** Calls that do next to nothing in sessions that live already, through the tool runner; times in milliseconds. */
export async function measureTinyCalls(
  { open, tiny }: Language,
  tier: IsolationTier,
  atOnce: number,
  seconds: number,
): Promise<TinyCallsFigure> {
  await using tool = open(tier)
  const openRollout = rolloutsOf(tool)
  const rollouts = Array.from({ length: atOnce }, openRollout)
  try {
    await Promise.all(rollouts.map((rollout) => prepare(rollout, tiny)))
    const times: number[] = []
    const started = performance.now()
    const until = started + seconds * 1000
    await Promise.all(
      rollouts.map(async (rollout) => {
        for (let now = performance.now(); now < until;) {
          await rollout.call(tiny)
          const after = performance.now()
          times.push(after - now)
          now = after
        }
      }),
    )
    const elapsed = performance.now() - started
    return { atOnce, callsPerSecond: (times.length / elapsed) * 1000, ...quantiles(times) }
  } finally {
    await Promise.all(rollouts.map((rollout) => rollout[Symbol.asyncDispose]()))
  }
}

async function prepare(rollout: Rollout, tiny: string): Promise<void> {
  const shown = await rollout.say(tiny)
  if (shown.trim() !== '2') throw new Error(`${tiny} gave ${JSON.stringify(shown)}`)
  for (let call = 0; call < warmUp; call += 1) await rollout.call(tiny)
}
