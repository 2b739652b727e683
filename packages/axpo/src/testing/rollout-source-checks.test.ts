import { runChecks, type CheckResult } from '@interleave/trajectory/testing'
import { expect, test } from 'vitest'
import { fakeSource, fakeTask } from '../__fixtures__/fake-source.ts'
import type { RolloutSource } from '../rollout-source.ts'
import { rolloutSourceChecks } from './rollout-source-checks.ts'

const good = fakeSource()
const run = (source: RolloutSource): Promise<CheckResult[]> =>
  runChecks(rolloutSourceChecks(source, { task: fakeTask(0) }))

async function expectFails(source: RolloutSource, check: string, reason: RegExp): Promise<void> {
  const failed = (await run(source)).find((result) => result.name.includes(check))
  expect(failed?.status).toBe('failed')
  expect(failed?.reason).toMatch(reason)
}

test('a source that keeps the rules passes every check', async () => {
  const results = await run(good)
  expect(results).toHaveLength(7)
  expect(results.filter(({ status }) => status !== 'passed')).toEqual([])
})

test('a source without tool calls has its continuation checks skipped', async () => {
  const quiet = fakeSource()
  const results = await run({
    ...quiet,
    async rollout(task, request) {
      const trajectory = await quiet.rollout(task, request)
      const first = trajectory.segments.findIndex(({ tag }) => tag === 'call-open')
      return first < 0 ? trajectory : { ...trajectory, segments: trajectory.segments.slice(0, first) }
    },
  })
  expect(results.map(({ status }) => status)).toEqual([
    'passed',
    'passed',
    'passed',
    'skipped',
    'skipped',
    'passed',
    'passed',
  ])
})

test('another id, a drifting seed, shared state', async () => {
  await expectFails(
    { ...good, rollout: async (task, request) => ({ ...(await good.rollout(task, request)), id: 'mine' }) },
    'what was asked for',
    /must carry the id of the request/,
  )
  let calls = 0
  await expectFails(
    {
      ...good,
      async rollout(task, request) {
        calls += 1
        return { ...(await good.rollout(task, { ...request, seed: request.seed + calls })), seed: request.seed }
      },
    },
    'same seed gives the same rollout',
    /differ in segments/,
  )
})

test('a prefix drawn anew, or a source changed', async () => {
  await expectFails(
    {
      ...good,
      async resume(prefix, request) {
        const made = await good.resume(prefix, request)
        return { ...made, segments: made.segments.map((segment) => ({ ...segment, origin: 'policy' })) }
      },
    },
    'inherits the prefix',
    /other tokens, logprobs or origins before token/,
  )
  await expectFails(
    {
      ...good,
      async resume(prefix, request) {
        const made = await good.resume(structuredClone(prefix), request)
        prefix.source.segments[0]!.text = 'changed'
        return made
      },
    },
    'inherits the prefix',
    /changed the source/,
  )
})

test('no logprobs, other logprobs, over the limit, an abort ignored', async () => {
  const bad = (change: (made: Awaited<ReturnType<typeof good.rollout>>) => object): RolloutSource => ({
    ...good,
    async rollout(task, request) {
      const made = await good.rollout(task, request)
      return { ...made, ...change(made) }
    },
  })
  await expectFails(
    bad(({ segments }) => ({ segments: segments.map((segment) => ({ ...segment, logprobs: [] })) })),
    'well formed',
    /one for each sampled token/,
  )
  await expectFails(
    bad(({ policy }) => ({ policy: { ...policy, sampling: { temperature: 0.7 } } })),
    'sampled distribution',
    /temperature 0.7/,
  )
  await expectFails(
    bad(({ environment }) => ({ environment: { ...environment, limits: { ...environment.limits, tokens: 3 } } })),
    'well formed',
    /its limit is 3/,
  )
  await expectFails(
    { ...good, rollout: (task, request) => good.rollout(task, { ...request, signal: new AbortController().signal }) },
    'called off',
    /expected 'cancelled'/,
  )
})
