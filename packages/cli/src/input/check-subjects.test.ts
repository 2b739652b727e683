import { byteTemplate } from '@interleave/chat-template/byte'
import { embeddedPolicy, trainablePolicy } from '@interleave/embedded-policy'
import { runChecks } from '@interleave/trajectory/testing'
import { describe, expect, it } from 'vitest'
import { checkSubjects } from './check-subjects.ts'

// After a prompt that is none the embedded policy calls or answers, one as likely as the other.
const checks = { prompt: [1, 2, 3], stopTokens: [...byteTemplate().stopTokens] }

describe('checkSubjects', () => {
  it('holds a policy that can be updated against both suites, and another against its own', async () => {
    const exported = { checks, learner: trainablePolicy(), policy: embeddedPolicy() }
    const [learner, policy, ...more] = await checkSubjects('policies.ts', exported)
    expect(more).toEqual([])
    expect(learner).toMatchObject({ name: 'learner', kind: 'trainable policy' })
    expect(policy).toMatchObject({ name: 'policy', kind: 'policy' })
    const names = policy?.checks.map(({ name }) => name) ?? []
    const own = learner?.checks.slice(0, -names.length) ?? []
    expect(learner?.checks.slice(own.length).map(({ name }) => name)).toEqual(names)
    expect(own.map(({ name }) => name.split(':')[0])).toEqual(['update', 'no credit', 'bad credit', 'aborted update'])
    const results = await runChecks(learner?.checks ?? [])
    expect(results.filter(({ status }) => status === 'failed')).toEqual([])
    expect(results.slice(0, own.length).every(({ status }) => status === 'passed')).toBe(true)
  })

  it('finds the one that does not learn as it says', async () => {
    const update = async (): Promise<unknown> => ({ weightVersion: 'new', trainedTokens: 0, metrics: {} })
    const learner = { ...trainablePolicy(), update }
    const [subject] = await checkSubjects('policies.ts', { checks, learner })
    const failed = (await runChecks(subject?.checks ?? [])).filter(({ status }) => status === 'failed')
    expect(failed.map(({ name }) => name.split(':')[0])).toEqual([
      'update',
      'no credit',
      'bad credit',
      'aborted update',
    ])
  })

  it('asks for what both suites need', async () => {
    await expect(checkSubjects('policies.ts', { learner: trainablePolicy() })).rejects.toMatchObject({
      code: 'bad_module',
      message:
        'policies.ts: learner is a trainable policy; to check it, export checks = { prompt: ... } as well (ids to continue, and those that end a turn).',
    })
  })
})
