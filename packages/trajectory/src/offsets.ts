import { InterleaveError } from './error.ts'
import type { Segment, SegmentImage } from './segment.ts'

/** Half-open, in logical tokens from the start of a trajectory unless its user says otherwise. */
export interface Span {
  start: number
  end: number
}

/** A segment with its place among the trajectory's logical tokens. */
export interface PlacedSegment extends Span {
  segment: Segment
  index: number
}

/** Each segment with its logical offsets, in order. */
export function placeSegments(segments: readonly Segment[]): PlacedSegment[] {
  let start = 0
  return segments.map((segment, index) => {
    const placed = { segment, index, start, end: start + segment.tokens.length }
    start = placed.end
    return placed
  })
}

/** Number of logical tokens. */
export function logicalLength(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.tokens.length, 0)
}

/** All logical tokens in one array: what a policy server would be sent to go on from the end. */
export function logicalTokens(segments: readonly Segment[]): number[] {
  return segments.flatMap((segment) => segment.tokens)
}

/** Whether the policy drew these tokens, here or in the source of a continuation. */
export function isSampled(segment: Segment): boolean {
  return segment.origin !== 'context'
}

/** The runs of sampled tokens, inherited ones included: adjacent segments joined, in logical offsets. */
export function sampledRuns(segments: readonly Segment[]): Span[] {
  const runs: Span[] = []
  for (const { segment, start, end } of placeSegments(segments)) {
    if (!isSampled(segment)) continue
    const last = runs.at(-1)
    if (last?.end === start) last.end = end
    else runs.push({ start, end })
  }
  return runs
}

/** Number of sampled tokens, inherited ones included. */
export function sampledLength(segments: readonly Segment[]): number {
  return sampledRuns(segments).reduce((sum, run) => sum + run.end - run.start, 0)
}

/**
 * A span over sampled tokens alone (prompt and observations not counted) as spans over logical tokens: one for each run
 * of sampled tokens that it touches. Throws `bad_offset` where it reaches beyond the last sampled token.
 */
export function sampledToLogical(segments: readonly Segment[], span: Span): Span[] {
  const spans: Span[] = []
  let before = 0
  for (const run of sampledRuns(segments)) {
    const length = run.end - run.start
    const start = Math.max(span.start - before, 0)
    const end = Math.min(span.end - before, length)
    if (start < end) spans.push({ start: run.start + start, end: run.start + end })
    before += length
  }
  if (span.start < 0 || span.end > before)
    throw new InterleaveError(
      'bad_offset',
      `The span ${span.start}-${span.end} does not lie within the ${before} sampled tokens.`,
    )
  return spans
}

/** The number of sampled tokens that lie before a logical offset. */
export function logicalToSampled(segments: readonly Segment[], offset: number): number {
  let before = 0
  for (const run of sampledRuns(segments)) before += Math.max(0, Math.min(offset, run.end) - run.start)
  return before
}

function effectiveLength(image: SegmentImage): number {
  return Array.isArray(image.effective) ? image.effective.length : image.effective.length
}

/**
 * The only conversion from logical offsets (one pad per image, as sent to servers) to effective ones (pads expanded, as
 * the model sees and a trainer embeds). An offset at a pad maps to the first of its expanded tokens.
 */
export function toEffective(segments: readonly Segment[], offset: number): number {
  let effective = offset
  for (const segment of segments)
    for (const image of segment.images ?? []) if (image.at < offset) effective += effectiveLength(image) - 1
  return effective
}

/** All tokens as the model saw them, every pad replaced by its expansion. */
export function effectiveTokens(segments: readonly Segment[]): number[] {
  const tokens: number[] = []
  for (const { segment, start } of placeSegments(segments)) {
    const images = new Map((segment.images ?? []).map((image) => [image.at - start, image]))
    segment.tokens.forEach((token, index) => {
      const image = images.get(index)
      if (image === undefined) tokens.push(token)
      else if (Array.isArray(image.effective)) for (const id of image.effective) tokens.push(id)
      else for (let left = image.effective.length; left > 0; left -= 1) tokens.push(image.effective.id)
    })
  }
  return tokens
}
