import { runChecks } from '@interleave/trajectory/testing'
import { describe, expect, it } from 'vitest'
import { padId, stopId } from '../__fixtures__/bigram-model.ts'
import { vllmServer } from '../__fixtures__/vllm-server.ts'
import { plainImage } from '../testing/plain-image.ts'
import { policyChecks } from '../testing/policy-checks.ts'
import { vllmPolicy } from './vllm-policy.ts'

describe('vllmPolicy', () => {
  it('passes the suite of all policies, with text and images', async () => {
    await using server = await vllmServer()
    const policy = await vllmPolicy(server.url)
    expect(policy.capabilities).toEqual({
      model: 'tiny',
      driver: 'vllm',
      exact: true,
      images: true,
      logprobs: 'raw',
      seeded: true,
      abort: true,
      weightVersions: true,
      effectivePrompt: true,
      contextTokens: 4_096,
    })
    const prompt = [1, padId, 2, padId, 3]
    const checks = policyChecks(policy, {
      prompt,
      images: [plainImage, plainImage],
      imagePad: padId,
      stopTokens: [stopId],
    })
    const results = await runChecks(checks, { timeoutMs: 60_000 })
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([])
  })
})
