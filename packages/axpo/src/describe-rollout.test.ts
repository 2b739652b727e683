import { exampleTrajectory, TrajectoryBuilder } from '@interleave/trajectory/testing'
import type { Trajectory } from '@interleave/trajectory'
import { expect, test } from 'vitest'
import { describeRollout } from './describe-rollout.ts'
import { firstAction } from './first-action.ts'
import { firstTool, toolUsing } from './tool-using.ts'

/** A trajectory of what the policy wrote, each token with the logprob -(its number) / 100. */
function written(
  write: (built: TrajectoryBuilder) => TrajectoryBuilder,
  overrides: Partial<Trajectory> = {},
): Trajectory {
  const { segments, turns } = write(new TrajectoryBuilder().prompt('Question?'))
  let number = 0
  for (const segment of segments)
    if (segment.origin === 'policy') segment.logprobs = segment.tokens.map(() => -number++ / 100)
  return exampleTrajectory({ segments, turns, media: [], reward: 0, ...overrides })
}

const counted = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => -(from + index) / 100)

test('a call: prefix up to the opening tag, action up to the closing one', () => {
  // think-open ab think-close call-open {} call-close turn-end, an observation, and an answer.
  const trajectory = written((built) =>
    built.think('ab').call('zoom', '{}').tag('turn-end').observe({ text: 'seen' }).answer('x'),
  )
  expect(describeRollout(trajectory)).toEqual({
    reward: 0,
    toolUsing: true,
    prefixTokens: 5,
    actionLogprobs: counted(5, 8),
    sampledTokens: 11,
  })
  expect(firstAction(trajectory, 'call')?.at).toBe('Question?'.length + 5)
  expect(firstTool(trajectory)).toBe('zoom')
})

test('an unclosed call runs to the end of its turn, the stop token excluded; a malformed one counts', () => {
  const cut = (built: TrajectoryBuilder): TrajectoryBuilder => built.think('ab').tag('call-open').callBody('', '{"a')
  const unclosed = written((built) => cut(built).tag('turn-end').observe({ text: 'no' }).answer('x'))
  expect(describeRollout(unclosed)).toMatchObject({ toolUsing: true, prefixTokens: 5, actionLogprobs: counted(5, 8) })
  expect(describeRollout(written(cut))).toMatchObject({ toolUsing: true, actionLogprobs: counted(5, 8) })
})

test('only the first call counts, also of two in one turn', () => {
  const two = written((built) => built.think('a').call('zoom', '{}').call('python', '{"x"}').tag('turn-end'))
  expect(describeRollout(two)).toMatchObject({ prefixTokens: 4, actionLogprobs: counted(4, 7) })
  expect(firstTool(two)).toBe('zoom')
})

test('a tag inside the thinking is text', () => {
  const quoted = written((built) => built.think('I could write <tool_call> here').answer('x'))
  expect(toolUsing(quoted)).toBe(false)
  expect(describeRollout(quoted)).toMatchObject({ toolUsing: false, prefixTokens: null, actionLogprobs: null })
})

test('a tag off token edges makes a rollout tool-using but no candidate', () => {
  const off = written((built) => built.think('a').callBody('zoom', '\n<tool_call>{}').tag('call-close').tag('turn-end'))
  expect(describeRollout(off)).toMatchObject({ toolUsing: true, prefixTokens: null, actionLogprobs: null })
  // Nor is a later call a branch point: it is not the first boundary.
  const later = written((built) => built.callBody('zoom', '<tool_call>{}').tag('call-close').call('zoom', '{}'))
  expect(describeRollout(later)).toMatchObject({ toolUsing: true, prefixTokens: null })
})

test('no token after the tag: tool-using, nothing to rank', () => {
  const bare = written((built) => built.think('a').tag('call-open'))
  expect(describeRollout(bare)).toMatchObject({ toolUsing: true, prefixTokens: 4, actionLogprobs: [] })
  const ended = written((built) => built.think('a').tag('call-open').tag('turn-end'))
  expect(describeRollout(ended)).toMatchObject({ toolUsing: true, actionLogprobs: [] })
})

test('noToolTarget describes the answer of rollouts without a call, and no call', () => {
  const answer = written((built) => built.think('a').tag('answer-open').answer('xy'))
  expect(describeRollout(answer, { variant: 'noToolTarget' })).toMatchObject({
    toolUsing: false,
    prefixTokens: 4,
    actionLogprobs: counted(4, 6),
  })
  const called = written((built) => built.think('a').call('zoom', '{}'))
  expect(describeRollout(called, { variant: 'noToolTarget' })).toMatchObject({ toolUsing: true, prefixTokens: null })
  expect(
    describeRollout(
      written((built) => built.think('a').answer('x')),
      { variant: 'noToolTarget' },
    ),
  ).toMatchObject({
    prefixTokens: null,
  })
})

test('logprobs of another distribution are refused unless allowed', () => {
  const { policy } = exampleTrajectory()
  for (const other of [
    { ...policy, logprobs: 'none' as const },
    { ...policy, sampling: { temperature: 0.7 } },
    { ...policy, sampling: { temperature: 1, topP: 0.9 } },
  ]) {
    const trajectory = exampleTrajectory({ policy: other, reward: 0 })
    expect(() => describeRollout(trajectory)).toThrow(expect.objectContaining({ code: 'logprobs_not_sampled' }))
    expect(describeRollout(trajectory, { logprobs: 'any' }).prefixTokens).toBeGreaterThan(0)
    // A void rollout has nothing to refuse.
    expect(describeRollout({ ...trajectory, reward: null }).prefixTokens).toBeNull()
  }
})

test('calls without logprobs are refused, never ranked at random; plain GRPO does not need them', () => {
  const trajectory = exampleTrajectory({ reward: 0 })
  for (const segment of trajectory.segments) if (segment.kind === 'acting') delete segment.logprobs
  expect(() => describeRollout(trajectory, { logprobs: 'any' })).toThrow(
    expect.objectContaining({ code: 'no_logprobs' }),
  )
  expect(describeRollout(trajectory, { variant: 'grpo' }).actionLogprobs).toBeNull()
})

test('graded rewards need a success function', () => {
  const graded = exampleTrajectory({ reward: 0.5 })
  expect(() => describeRollout(graded)).toThrow(/reward 0\.5; .* need a success function/)
  expect(describeRollout(graded, { success: ({ reward }) => reward! > 0.4 })).toMatchObject({
    reward: 0.5,
    success: true,
  })
})
