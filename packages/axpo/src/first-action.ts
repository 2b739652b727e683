import { isSampled, placeSegments, type Segment, type Trajectory } from '@interleave/trajectory'

/** The place in front of the first call (or answer) of a rollout, and the tokens of that call. */
export interface FirstAction {
  /** Logical offset just after the opening tag: where a continuation starts. */
  readonly at: number
  /**
   * Logprobs from there up to and including the closing tag, or to the end of an unclosed turn, its stop token excluded.
   * Undefined where one of these tokens carries none.
   */
  readonly logprobs: readonly number[] | undefined
  /** Entropies of the same tokens, in nats, where the policy reported them. */
  readonly entropies: readonly number[] | undefined
}

// A call that no tag of its own opens cannot be resampled; an answer may well be led up to in words.
const tags = {
  call: { open: 'call-open', close: 'call-close', untagged: 'acting' },
  answer: { open: 'answer-open', close: 'answer-close', untagged: undefined },
} as const

/**
 * Where a rollout may be resampled from. Undefined without an opening tag of its own tokens: no call at all, or one whose
 * tag shares a token with what surrounds it. Nor with an image pad drawn before it: that stands for no image, so no server
 * would take the prefix as history. Paper 2.2 and 3.1.
 */
export function firstAction(
  trajectory: Pick<Trajectory, 'segments' | 'environment'>,
  of: 'call' | 'answer',
): FirstAction | undefined {
  const { open, close, untagged } = tags[of]
  const sampled = placeSegments(trajectory.segments).filter(({ segment }) => isSampled(segment))
  const first = sampled.findIndex(({ segment }) => segment.tag === open || segment.kind === untagged)
  const opening = sampled[first]
  if (opening?.segment.tag !== open) return undefined
  const pad = trajectory.environment.template.imagePad
  if (sampled.slice(0, first).some(({ segment }) => segment.tokens.includes(pad))) return undefined
  const action: Segment[] = []
  for (const { segment } of sampled.slice(first + 1)) {
    if (segment.turn !== opening.segment.turn || segment.tag === 'turn-end') break
    action.push(segment)
    if (segment.tag === close) break
  }
  return { at: opening.end, logprobs: everyToken(action, 'logprobs'), entropies: everyToken(action, 'entropies') }
}

/** One number a token, or undefined where one of the segments lacks them. */
function everyToken(segments: readonly Segment[], field: 'logprobs' | 'entropies'): number[] | undefined {
  const complete = segments.every((segment) => segment[field]?.length === segment.tokens.length)
  return complete ? segments.flatMap((segment) => segment[field] ?? []) : undefined
}
