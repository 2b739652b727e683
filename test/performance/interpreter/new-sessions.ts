import type { IsolationTier } from '@interleave/code-interpreter'
import type { Language } from './language.ts'
import { quantiles, type Quantiles } from './quantiles.ts'
import { repeat, rolloutsOf } from './rollout.ts'

export interface NewSessionsFigure extends Quantiles {
  readonly atOnce: number
  /** Opened, called once and closed. */
  readonly sessionsPerSecond: number
}

/** New sessions up to the answer of a first call that does next to nothing, in milliseconds; closing them is not in those. */
export async function measureNewSessions(
  { open, tiny }: Language,
  tier: IsolationTier,
  atOnce: number,
  count: number,
): Promise<NewSessionsFigure> {
  await using tool = open(tier)
  const openRollout = rolloutsOf(tool)
  const times: number[] = []
  const live = async (): Promise<void> => {
    const started = performance.now()
    await using rollout = openRollout()
    await rollout.call(tiny)
    times.push(performance.now() - started)
  }
  // The first one starts the server.
  await repeat(2 * atOnce, atOnce, live)
  times.length = 0
  const started = performance.now()
  await repeat(count, atOnce, live)
  const elapsed = performance.now() - started
  return { atOnce, sessionsPerSecond: (count / elapsed) * 1000, ...quantiles(times) }
}
