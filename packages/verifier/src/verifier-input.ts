import { isSampled, type Segment, type Trajectory } from '@interleave/trajectory'
import type { VerifierInput } from './verifier.ts'

/**
 * What a verifier is given of a trajectory: the answer that the policy gave in its last turn, and the record without its
 * clock readings. The text is empty, and so scored as wrong, where there is no answer: the rollout stopped otherwise than
 * `answered` (cut by its length or the turn limit), the last turn holds a call, or its thinking never closed.
 *
 * What is thinking and what is answer follows from the segments alone. Thinking is left out; of a turn that thinks again,
 * what follows counts. Where the policy drew answer tags as tokens of their own, the last complete pair with what stands
 * in it is the text; else it is all of the answer. Tags that the answer only spells out and that would be taken for
 * structure (`<think>`, and `<answer>` inside a drawn pair) become a space.
 */
export function verifierInput(trajectory: Trajectory): VerifierInput {
  const { timing: _, ...record } = trajectory
  return { text: trajectory.stop === 'answered' ? lastAnswer(trajectory.segments) : '', trajectory: record }
}

function lastAnswer(segments: readonly Segment[]): string {
  let turn = 0
  for (const segment of segments) if (isSampled(segment) && segment.turn > turn) turn = segment.turn
  const sampled = segments.filter((segment) => isSampled(segment) && segment.turn === turn)
  if (sampled.some(isCall)) return ''
  // After thinking that never closed nothing is an answer, so this alone settles that case.
  const reply = sampled.slice(sampled.findLastIndex(isThinking) + 1)

  const close = reply.findLastIndex(({ tag }) => tag === 'answer-close')
  const open = reply.findLastIndex(({ tag }, at) => tag === 'answer-open' && (close === -1 || at < close))
  if (open === -1) return answerText(reply).replace(/<\/?think>/g, ' ')
  if (close === -1) return ''
  return `<answer>${answerText(reply.slice(open, close)).replace(/<\/?(?:think|answer)>/g, ' ')}</answer>`
}

function answerText(segments: readonly Segment[]): string {
  let text = ''
  for (const segment of segments) if (segment.kind === 'answer') text += segment.text
  return text
}

function isCall({ kind, tag, call }: Segment): boolean {
  return kind === 'acting' || tag === 'call-open' || call !== undefined
}

function isThinking({ kind, tag }: Segment): boolean {
  return kind === 'thinking' || tag === 'think-open' || tag === 'think-close'
}
