import type { Trajectory } from '../trajectory.ts'
import { isVoid, type Problem } from './finding.ts'

/** A void rollout says whose fault it was and has no reward; no other has a fault; a cancelled one is never written. */
export function* voidMeansFault(trajectory: Trajectory): Iterable<Problem> {
  const { stop, fault, reward, scores } = trajectory
  if (stop === 'cancelled') yield { message: 'A cancelled rollout is never written to a file.' }
  if (stop === 'fault' && fault === undefined) yield { message: 'It stopped by a fault but does not say which.' }
  if (stop !== 'fault' && fault !== undefined) yield { message: `It has a fault but its stop is ${stop}.` }
  if (!isVoid(trajectory)) return
  if (reward !== null) yield { message: `A void rollout has no reward, this one has ${reward}.` }
  if (scores.some(({ status }) => status === 'scored')) yield { message: 'A void rollout is not scored.' }
}

/**
 * A score is a number exactly where its verifier decided. Where scores count, the reward is their mean by weight, and null
 * where one of those is unscored. Without scores that count the reward is someone else's and may be anything.
 */
export function* scoresAgree(trajectory: Trajectory): Iterable<Problem> {
  if (isVoid(trajectory)) return
  const { scores, reward } = trajectory
  for (const { verifier, status, score } of scores)
    if ((status === 'scored') !== (score !== null))
      yield { message: `The verdict of ${verifier} is ${status}: ${score}.` }
  const counting = scores.filter(({ weight }) => weight > 0)
  const weights = counting.reduce((sum, { weight }) => sum + weight, 0)
  if (weights === 0) return
  const undecided = counting.some(({ score }) => score === null)
  const mean = counting.reduce((sum, { score, weight }) => sum + (score ?? 0) * weight, 0) / weights
  const expected = undecided ? null : mean
  if (expected === null ? reward !== null : reward === null || Math.abs(reward - expected) > 1e-9)
    yield { message: `The reward is ${reward}; its scores make ${expected}.` }
}
