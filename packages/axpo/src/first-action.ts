import { isSampled, placeSegments, type Trajectory } from '@interleave/trajectory'

/** The place in front of the first call (or answer) of a rollout, and the tokens of that call. */
export interface FirstAction {
  /** Logical offset just after the opening tag: where a continuation starts. */
  readonly at: number
  /**
   * Logprobs from there up to and including the closing tag, or to the end of an unclosed turn, its stop token excluded.
   * Undefined where one of these tokens carries none.
   */
  readonly logprobs: readonly number[] | undefined
}

const tags = {
  call: { open: 'call-open', close: 'call-close', body: 'acting' },
  answer: { open: 'answer-open', close: 'answer-close', body: 'answer' },
} as const

/**
 * Where a rollout may be resampled from. Undefined without an opening tag of its own tokens: no call at all, or one whose
 * tag shares a token with what surrounds it. Paper 2.2 and 3.1.
 */
export function firstAction(trajectory: Pick<Trajectory, 'segments'>, of: 'call' | 'answer'): FirstAction | undefined {
  const { open, close, body } = tags[of]
  const sampled = placeSegments(trajectory.segments).filter(({ segment }) => isSampled(segment))
  const first = sampled.findIndex(({ segment }) => segment.tag === open || segment.kind === body)
  const opening = sampled[first]
  if (opening?.segment.tag !== open) return undefined
  const logprobs: number[] = []
  let complete = true
  for (const { segment } of sampled.slice(first + 1)) {
    if (segment.turn !== opening.segment.turn || segment.tag === 'turn-end') break
    if (segment.logprobs?.length === segment.tokens.length)
      for (const logprob of segment.logprobs) logprobs.push(logprob)
    else complete = false
    if (segment.tag === close) break
  }
  return { at: opening.end, logprobs: complete ? logprobs : undefined }
}
