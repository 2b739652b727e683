import {
  InterleaveError,
  logicalToSampled,
  logprobsAreSampled,
  sampledLength,
  type Trajectory,
} from '@interleave/trajectory'
import type { OutcomeFacts, RolloutFacts } from './batch.ts'
import { firstAction } from './first-action.ts'
import { inTarget } from './in-target.ts'
import type { Variant } from './options.ts'
import { toolUsing } from './tool-using.ts'

/** Whether a trajectory counts as correct, for trigger and recovery. Asked of scored trajectories only. */
export type Success = (trajectory: Trajectory) => boolean

export interface DescribeOptions {
  readonly variant?: Variant
  /** Required where rewards are graded; by default a reward of 1 is a success. */
  readonly success?: Success
  /**
   * `sampled` (default) refuses logprobs that are not those of the distribution the tokens were drawn from at temperature
   * 1: ranking and credit would mean something else. `any` takes them as they are.
   */
  readonly logprobs?: 'sampled' | 'any'
}

/**
 * What the pure functions need to know of a rollout. Throws `logprobs_not_sampled` where its logprobs are of another
 * distribution, `no_logprobs` where a call has none, `graded_reward` where nothing says which reward is a success.
 */
export function describeRollout(trajectory: Trajectory, options: DescribeOptions = {}): RolloutFacts {
  const { variant = 'axpo' } = options
  const facts = describeOutcome(trajectory, options)
  const unfit: RolloutFacts = { ...facts, actionLogprobs: null, prefixTokens: null }
  if (facts.reward === null || variant === 'grpo' || !inTarget(facts, { variant })) return unfit
  const action = firstAction(trajectory, variant === 'noToolTarget' ? 'answer' : 'call')
  if (action === undefined) return unfit
  if (action.logprobs === undefined)
    throw new InterleaveError(
      'no_logprobs',
      `${trajectory.id} has no logprobs for the tokens of its call, and ranking needs them; ask the policy server for logprobs.`,
    )
  const prefixTokens = logicalToSampled(trajectory.segments, action.at)
  return { ...facts, actionLogprobs: [...action.logprobs], prefixTokens }
}

/** What the pure functions need to know of a continuation. Throws as `describeRollout` does. */
export function describeOutcome(trajectory: Trajectory, options: DescribeOptions = {}): OutcomeFacts {
  const { id, policy, reward, segments } = trajectory
  const facts: OutcomeFacts = { reward, toolUsing: toolUsing(trajectory), sampledTokens: sampledLength(segments) }
  if (reward === null) return facts
  if (options.logprobs !== 'any' && !logprobsAreSampled(policy.logprobs, policy.sampling))
    throw new InterleaveError(
      'logprobs_not_sampled',
      `${id} has ${policy.logprobs} logprobs at temperature ${policy.sampling.temperature}, not those of the distribution it was drawn from at temperature 1; sample without truncation and penalties, or allow them with logprobs: 'any'.`,
    )
  if (options.success !== undefined) facts.success = options.success(trajectory)
  else if (reward !== 0 && reward !== 1)
    throw new InterleaveError(
      'graded_reward',
      `${id} has the reward ${reward}; rewards other than 0 and 1 need a success function that says which count as correct.`,
    )
  return facts
}
