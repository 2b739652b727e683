import type { PlacedSegment } from '../offsets.ts'
import type { Trajectory } from '../trajectory.ts'
import type { Problem } from './finding.ts'

// Servers compute in 32 bits or fewer: a sure token may come out as a little more than 0.
const tolerance = 1e-4

/**
 * Every sampled token has its logprob, finite and at most 0, exactly where the policy declares that it reports them.
 * Entropies, where there are any, are of sampled tokens and one for each.
 */
export function* logprobsMatch({ policy }: Trajectory, placed: readonly PlacedSegment[]): Iterable<Problem> {
  const declared = policy.logprobs !== 'none'
  for (const { segment, index } of placed) {
    const { logprobs, entropies, tokens } = segment
    if (entropies !== undefined && (segment.origin === 'context' || entropies.length !== tokens.length))
      yield { segment: index, message: `${entropies.length} entropies for ${tokens.length} ${segment.origin} tokens.` }
    const expected = declared && segment.origin !== 'context'
    if (logprobs === undefined) {
      if (expected) yield { segment: index, message: 'The sampled tokens have no logprobs, which the policy declares.' }
      continue
    }
    if (!expected) {
      const why = declared ? 'context was not sampled' : 'the policy declares none'
      yield { segment: index, message: `The segment has logprobs, but ${why}.` }
      continue
    }
    if (logprobs.length !== tokens.length) {
      yield { segment: index, message: `${logprobs.length} logprobs for ${tokens.length} tokens.` }
      continue
    }
    const bad = logprobs.findIndex((logprob) => !(Number.isFinite(logprob) && logprob <= tolerance))
    if (bad !== -1)
      yield { segment: index, message: `Logprob ${bad} is ${logprobs[bad]}: not the log of a probability.` }
  }
}
