import { isSampled, placeSegments } from './offsets.ts'
import type { Segment } from './segment.ts'
import type { TurnRecord } from './trajectory.ts'

/**
 * The record of each turn of a trajectory, out of its segments, for those who build trajectories themselves. `finish` says
 * how a turn ended, counted from 1. A turn that was inherited whole gets 0 sampled tokens; its source's record may replace
 * it.
 */
export function turnRecords(
  segments: readonly Segment[],
  finish: (turn: number) => TurnRecord['finish'] = () => 'stop',
): TurnRecord[] {
  const sampled = placeSegments(segments).filter(({ segment }) => isSampled(segment))
  const turns = Map.groupBy(sampled, ({ segment }) => segment.turn)
  return [...turns].map(([turn, own]) => {
    const drawn = own.filter(({ segment }) => segment.origin === 'policy')
    const prompt = drawn[0]?.start ?? own.at(-1)?.end ?? 0
    return { prompt, sampled: drawn.reduce((sum, { start, end }) => sum + end - start, 0), finish: finish(turn) }
  })
}
