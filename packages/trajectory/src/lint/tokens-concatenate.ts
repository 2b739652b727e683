import type { PlacedSegment } from '../offsets.ts'
import type { Trajectory, TurnRecord } from '../trajectory.ts'
import { isVoid, type Problem } from './finding.ts'

/**
 * The tokens of all segments, one after another, are what was sent and drawn: no segment is empty, turns follow each other
 * with context between them, and each turn's record begins and ends where its segments do.
 */
export function* tokensConcatenate(trajectory: Trajectory, placed: readonly PlacedSegment[]): Iterable<Problem> {
  if (!isVoid(trajectory) && !placed.some(({ segment }) => segment.origin === 'context'))
    yield { message: 'It holds no prompt.' }
  for (const { segment, index } of placed)
    if (segment.tokens.length === 0) yield { segment: index, message: 'The segment has no tokens.' }
  yield* turnOrder(placed)
  yield* turnRecords(trajectory, placed)
}

function* turnOrder(placed: readonly PlacedSegment[]): Iterable<Problem> {
  let turn = 0
  let afterContext = true
  for (const { segment, index } of placed) {
    const sampled = segment.origin !== 'context'
    const expected = sampled && afterContext ? turn + 1 : turn
    // What a template puts between two turns may be counted to either.
    const early = segment.kind === 'template' && !sampled && segment.turn === turn + 1
    if (segment.turn !== expected && !early) {
      yield { segment: index, message: `The segment is marked as turn ${segment.turn} where turn ${expected} stands.` }
      return
    }
    turn = expected
    afterContext = !sampled
  }
}

function* turnRecords(trajectory: Trajectory, placed: readonly PlacedSegment[]): Iterable<Problem> {
  const sampled = placed.filter(({ segment }) => segment.origin !== 'context')
  const last = sampled.at(-1)?.segment.turn ?? 0
  for (const [turn, own] of Map.groupBy(sampled, ({ segment }) => segment.turn)) {
    const message = recordProblem(trajectory.turns[turn - 1], own, turn === last)
    if (message !== undefined) yield { message: `Turn ${turn}: ${message}` }
  }
  if (isVoid(trajectory)) return
  const length = placed.at(-1)?.end ?? 0
  for (const [index, record] of trajectory.turns.entries())
    if (index >= last && (record.sampled !== 0 || record.prompt !== length))
      yield { message: `Turn ${index + 1}: its record has ${record.sampled} sampled tokens, its segments have none.` }
}

function recordProblem(record: TurnRecord | undefined, own: PlacedSegment[], last: boolean): string | undefined {
  const drawn = own.filter(({ segment }) => segment.origin === 'policy')
  const [first] = drawn.length > 0 ? drawn : own
  if (first === undefined) return undefined
  const end = own.at(-1)?.end ?? first.end
  // A prefix that used up the token limit leaves a turn in which nothing was drawn.
  if (record === undefined) return drawn.length === 0 && last ? undefined : 'there is no record of it.'
  if (drawn.length === 0)
    return record.prompt >= first.start && record.prompt + record.sampled <= end
      ? undefined
      : `its record spans ${record.prompt} to ${record.prompt + record.sampled}, its inherited tokens ${first.start} to ${end}.`
  const count = end - first.start
  if (record.prompt === first.start && record.sampled === count) return undefined
  return `its record has ${record.sampled} tokens sampled at ${record.prompt}, its segments ${count} at ${first.start}.`
}
