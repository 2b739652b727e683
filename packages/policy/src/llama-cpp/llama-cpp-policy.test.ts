import { runChecks } from '@interleave/trajectory/testing'
import { describe, expect, it } from 'vitest'
import { ask } from '../__fixtures__/ask.ts'
import { stopId } from '../__fixtures__/bigram-model.ts'
import { llamaServer } from '../__fixtures__/llama-server.ts'
import { policyChecks } from '../testing/policy-checks.ts'
import { llamaCppPolicy } from './llama-cpp-policy.ts'

describe('llamaCppPolicy', () => {
  it('passes the suite of all policies, with text', async () => {
    await using server = await llamaServer()
    const policy = await llamaCppPolicy(server.url)
    expect(policy.capabilities).toEqual({
      model: 'tiny',
      driver: 'llama-cpp',
      exact: true,
      images: false,
      // The server leaves some out, so that none are declared.
      logprobs: 'none',
      seeded: true,
      abort: true,
      weightVersions: false,
      effectivePrompt: false,
      contextTokens: 4_096,
    })
    const checks = policyChecks(policy, { prompt: [1, 2, 3], stopTokens: [stopId] })
    const results = await runChecks(checks, { timeoutMs: 60_000 })
    expect(results.filter(({ status }) => status === 'failed')).toEqual([])
  })
  it('states every field for drawing, so that no default of the server decides', async () => {
    await using server = await llamaServer()
    await using policy = await llamaCppPolicy(server.url)
    await policy.generate(ask())
    const { body } = server.asked.at(-1) ?? {}
    expect(body).toEqual({
      prompt: [1, 2, 3],
      n_predict: 12,
      temperature: 1,
      top_p: 1,
      top_k: 0,
      min_p: 0,
      presence_penalty: 0,
      frequency_penalty: 0,
      repeat_penalty: 1,
      typical_p: 1,
      top_n_sigma: -1,
      xtc_probability: 0,
      dry_multiplier: 0,
      dynatemp_range: 0,
      mirostat: 0,
      seed: 4,
      stop: [],
      n_probs: 1,
      post_sampling_probs: false,
      return_tokens: true,
      cache_prompt: true,
      stream: false,
      ignore_eos: false,
    })
  })

  it('cuts a reply at a stop token that the server does not know', async () => {
    await using server = await llamaServer()
    await using policy = await llamaCppPolicy(server.url)
    const whole = await policy.generate(ask())
    const stop = whole.tokens[2] ?? 0
    const cut = await policy.generate(ask({ sampling: { ...ask().sampling, stopTokens: [stop] } }))
    const end = whole.tokens.indexOf(stop) + 1
    expect(cut).toMatchObject({ finish: 'stop', matchedStop: stop, tokens: whole.tokens.slice(0, end) })
  })

  it('says so where ids are encoded again', async () => {
    await using server = await llamaServer({ retokenise: true })
    await expect(llamaCppPolicy(server.url)).rejects.toMatchObject({ code: 'prompt_mismatch' })
  })
})
