import type { Credit } from '../credit.ts'
import { sampledRuns, type PlacedSegment } from '../offsets.ts'
import type { Trajectory } from '../trajectory.ts'

/** The one estimator with fresh rollouts in the place of continuations. */
const freshContinuations = 'noPrefixFix'

/**
 * Continuations are credited as continuations, all else as a rollout or as the prefix of one: from the first sampled token
 * to just after an opening tag.
 */
export function* creditRole(
  { spans }: Credit,
  trajectory: Trajectory,
  placed: readonly PlacedSegment[],
): Iterable<string> {
  const isContinuation = trajectory.branch !== undefined
  for (const { role, start, end, estimator } of spans) {
    if (isContinuation === (role === 'continuation') || (!isContinuation && estimator === freshContinuations)) continue
    const what = isContinuation ? 'is a continuation' : 'is no continuation'
    yield `The span ${start}-${end} has the role ${role}, but its trajectory ${what}.`
  }
  const prefix = spans.filter(({ role }) => role === 'prefix')
  if (isContinuation || prefix.length === 0) return
  const start = Math.min(...prefix.map((span) => span.start))
  const end = Math.max(...prefix.map((span) => span.end))
  const first = sampledRuns(trajectory.segments)[0]?.start
  if (start !== first) yield `Its prefix begins at ${start}, its sampled tokens at ${first}.`
  const tag = placed.find((segment) => segment.end === end)?.segment.tag
  if (tag !== 'call-open' && tag !== 'answer-open')
    yield `Its prefix ends at ${end}, which is not just after a tag that opens a call or an answer.`
}
