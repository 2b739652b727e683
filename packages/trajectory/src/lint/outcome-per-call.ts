import type { PlacedSegment } from '../offsets.ts'
import type { Trajectory } from '../trajectory.ts'
import type { Problem } from './finding.ts'

/** Each call has one id and one outcome of that id; only calls of a last turn that was cut short may have none. */
export function* outcomePerCall({ stop }: Trajectory, placed: readonly PlacedSegment[]): Iterable<Problem> {
  const lastTurn = placed.findLast(({ segment }) => segment.origin !== 'context')?.segment.turn ?? 0
  const seen = new Set<string>()
  for (const { segment, index } of placed) {
    const { call, outcome, turn } = segment
    if (call === undefined) continue
    if (seen.has(call.id)) yield { segment: index, message: `Two calls have the id ${call.id}.` }
    seen.add(call.id)
    if (outcome === undefined) {
      if (stop === 'answered' || turn < lastTurn)
        yield { segment: index, message: `The call ${call.id} has no outcome.` }
      continue
    }
    if (outcome.callId !== call.id)
      yield { segment: index, message: `The outcome beside the call ${call.id} is of ${outcome.callId}.` }
    if ((outcome.status === 'error') !== (outcome.error !== undefined))
      yield {
        segment: index,
        message: `The outcome's status is ${outcome.status}; it has an error exactly if that is error.`,
      }
  }
}
