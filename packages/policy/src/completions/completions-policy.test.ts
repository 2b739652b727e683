import { runChecks } from '@interleave/trajectory/testing'
import { describe, expect, it } from 'vitest'
import { ask } from '../__fixtures__/ask.ts'
import { stopId } from '../__fixtures__/bigram-model.ts'
import type { Lies } from '../__fixtures__/lies.ts'
import { vllmServer } from '../__fixtures__/vllm-server.ts'
import { policyChecks } from '../testing/policy-checks.ts'
import { completionsPolicy } from './completions-policy.ts'

describe('completionsPolicy', () => {
  it('passes the suite of all policies, with text', async () => {
    await using server = await vllmServer()
    const policy = await completionsPolicy(server.url)
    expect(policy.capabilities).toEqual({
      model: 'tiny',
      driver: 'completions',
      exact: true,
      images: false,
      logprobs: 'raw',
      seeded: true,
      abort: true,
      weightVersions: false,
      effectivePrompt: true,
      contextTokens: 4_096,
    })
    const checks = policyChecks(policy, { prompt: [1, 2, 3], stopTokens: [stopId] })
    const results = await runChecks(checks, { timeoutMs: 60_000 })
    expect(results.filter(({ status }) => status === 'failed')).toEqual([])
  })
  it('asks for ids, and sends ids', async () => {
    await using server = await vllmServer()
    await using policy = await completionsPolicy(server.url)
    await policy.generate(ask())
    expect(server.asked.at(-1)?.body).toMatchObject({
      model: 'tiny',
      prompt: [1, 2, 3],
      n: 1,
      max_tokens: 12,
      top_k: 0,
      min_p: 0,
      stop_token_ids: [stopId],
      ignore_eos: true,
      return_token_ids: true,
      add_special_tokens: false,
      logprobs: 1,
    })
  })

  it('declares no abort where the server does not tell that it stops', async () => {
    await using server = await vllmServer({ noMetrics: true })
    await using policy = await completionsPolicy(server.url)
    expect(policy.capabilities.abort).toBe(false)
    const controller = new AbortController()
    const sampling = { ...ask().sampling, maxTokens: 2_000, stopTokens: [] }
    const asked = policy.generate(ask({ sampling, signal: controller.signal }))
    setTimeout(() => controller.abort(new Error('enough')), 50)
    await expect(asked).rejects.toThrow('enough')
    await expect.poll(() => server.running).toBe(0)
  })

  it.for([
    [{ dropLogprobs: true }, 'bad_reply'],
    [{ hidePrompt: true }, 'bad_reply'],
    [{ answersAs: 'other' }, 'model_changed'],
    [{ halfJson: true }, 'bad_answer'],
  ] as [Lies, string][])('%o: %s', async ([lies, code]) => {
    await using server = await vllmServer()
    await using policy = await completionsPolicy(server.url)
    Object.assign(server.lies, lies)
    await expect(policy.generate(ask())).rejects.toMatchObject({ code, boundary: 'policy' })
  })
})
