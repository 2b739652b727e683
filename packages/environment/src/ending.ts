import type { Trajectory } from '@interleave/trajectory'
import { isFault, toFault } from './boundary.ts'

/** How a rollout ended: what the loop and the verifiers make of it. */
export type Ending = Pick<Trajectory, 'stop' | 'scores' | 'reward' | 'fault'>

/** The end of a rollout that was cancelled, or that failed through no doing of the policy. */
export function endInVain(reason: unknown, cancelled: boolean): Ending {
  if (cancelled && !isFault(reason)) return { stop: 'cancelled', scores: [], reward: null }
  const { boundary, code, message } = toFault('setup', reason)
  return { stop: 'fault', fault: { boundary, code, message }, scores: [], reward: null }
}
