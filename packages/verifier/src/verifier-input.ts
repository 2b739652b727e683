import { isSampled, type Segment, type Trajectory } from '@interleave/trajectory'
import type { VerifierInput } from './verifier.ts'

/**
 * What a verifier is given of a trajectory: the text that the policy sampled in its last turn, an inherited part included.
 * Left out are the end of the turn and tool calls: a call is not an answer, whatever its arguments say. Where thinking
 * was opened by the prompt, as in Qwen3-VL-Thinking, `<think>` is put back, so that the text alone shows whether it closed.
 */
export function verifierInput(trajectory: Trajectory): VerifierInput {
  return { text: lastTurnText(trajectory.segments), trajectory }
}

function lastTurnText(segments: readonly Segment[]): string {
  let turn = 0
  for (const segment of segments) if (isSampled(segment) && segment.turn > turn) turn = segment.turn
  const sampled = segments.filter((segment) => isSampled(segment) && segment.turn === turn)
  const opened = sampled[0]?.kind === 'thinking' ? '<think>' : ''
  return (
    opened +
    sampled
      .filter(saysSomething)
      .map((segment) => segment.text)
      .join('')
  )
}

function saysSomething({ kind, tag }: Segment): boolean {
  return kind !== 'acting' && tag !== 'turn-end' && tag !== 'call-open' && tag !== 'call-close'
}
