import type { PlacedSegment } from '../offsets.ts'
import type { Segment } from '../segment.ts'
import type { Trajectory } from '../trajectory.ts'
import type { Problem } from './finding.ts'

const contextKinds = new Set(['prompt', 'observation'])
const sampledKinds = new Set(['thinking', 'acting', 'answer'])

/** A segment's kind, origin, turn, tag, call and outcome agree, and its weight versions lie within it. */
export function* segmentShape(_: Trajectory, placed: readonly PlacedSegment[]): Iterable<Problem> {
  for (const { segment, index } of placed)
    for (const message of shapeProblems(segment)) yield { segment: index, message }
}

function* shapeProblems(segment: Segment): Iterable<string> {
  const { kind, origin, turn, tag, call, outcome } = segment
  if (contextKinds.has(kind) && origin !== 'context') yield `A segment of kind ${kind} is context, never ${origin}.`
  if (sampledKinds.has(kind) && origin === 'context') yield `A segment of kind ${kind} is sampled, never context.`
  if (kind === 'prompt' && turn !== 0) yield `The prompt is turn 0, not ${turn}.`
  if (kind === 'observation' && turn === 0) yield 'An observation carries the turn whose calls it answers, from 1.'
  if (tag !== undefined && kind !== 'template') yield `Only template segments have a tag, this one is ${kind}.`
  // A call with nothing between its tags has no acting segment: its opening tag stands for it.
  const mayCall = kind === 'acting' || (kind === 'template' && tag === 'call-open')
  if (kind === 'acting' && call === undefined) yield 'An acting segment without its call.'
  if (call !== undefined && !mayCall) yield `A call stands on acting segments, this one is ${kind}.`
  if (outcome !== undefined && call === undefined) yield 'An outcome stands beside its call, this segment has none.'
  if (segment.weightVersions !== undefined && !versionsFit(segment)) yield 'Its weight versions overlap or leave it.'
}

function versionsFit({ weightVersions = [], tokens }: Segment): boolean {
  let from = 0
  return weightVersions.every(({ start, end }) => {
    const fits = start >= from && start < end && end <= tokens.length
    from = end
    return fits
  })
}
