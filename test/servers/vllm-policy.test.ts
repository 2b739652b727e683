import { createImage, FaultError, type Image } from '@interleave/trajectory'
import { runChecks } from '@interleave/trajectory/testing'
import type { GenerateRequest, Policy } from '@interleave/policy'
import { policyChecks } from '@interleave/policy/testing'
import { probe } from '@interleave/policy/probe'
import { vllmPolicy } from '@interleave/policy/vllm'
import { completionsPolicy } from '@interleave/policy/completions'
import sharp from 'sharp'
import { beforeAll, describe, expect, inject, it } from 'vitest'

const url = inject('vllm')

const pad = 151_655
const stopTokens = [151_645, 151_643]
const turnStart = [151_644, 872, 198]
const turnEnd = [151_645, 198, 151_644, 77_091, 198, 151_667, 198]
const imageIds = [151_652, pad, 151_653]

async function picture(width: number, height: number, shade: number): Promise<Image> {
  const background = { r: shade, g: 90, b: 160 }
  const bytes = await sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()
  return createImage(bytes, { mime: 'image/png', width, height })
}

function request(changes: Partial<GenerateRequest> = {}): GenerateRequest {
  return {
    tokens: [...turnStart, 3_838, 374, 432, 30, ...turnEnd],
    images: [],
    sampling: { temperature: 1, maxTokens: 48, seed: 1, stopTokens },
    requestId: 'live',
    sessionKey: 'live',
    signal: new AbortController().signal,
    ...changes,
  }
}

describe('a real vLLM', () => {
  let images: Image[] = []
  beforeAll(async () => {
    images = [await picture(224, 224, 30), await picture(400, 300, 200)]
  })

  it('passes every canary', async () => {
    const report = await probe(url)
    expect(report.findings.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
  })

  it('passes the suite of all policies, with text and images', async () => {
    const policy = await vllmPolicy(url)
    const prompt = [...turnStart, ...imageIds, 3_838, ...imageIds, ...turnEnd]
    const checks = policyChecks(policy, { prompt, images, imagePad: pad, stopTokens })
    const results = await runChecks(checks, { timeoutMs: 250_000 })
    expect(results.filter(({ status }) => status === 'failed')).toEqual([])
  })

  it('passes it on the route for completions, with text', async () => {
    const checks = policyChecks(await completionsPolicy(url), { prompt: request().tokens, stopTokens })
    const results = await runChecks(checks, { timeoutMs: 250_000 })
    expect(results.filter(({ status }) => status === 'failed')).toEqual([])
  })

  it('sees as many pads as the size of an image says', async () => {
    await using policy = await vllmPolicy(url)
    const tokens = [...turnStart, ...imageIds, ...imageIds, ...turnEnd]
    const { effectivePrompt } = await policy.generate(request({ tokens, images }))
    expect(effectivePrompt?.filter((id) => id === pad)).toHaveLength(64 + 108)
  })

  it('64 rollouts at once, some with images, get what each gets alone', async () => {
    await using policy = await vllmPolicy(url)
    const asked = Array.from({ length: 64 }, (_, index) => {
      const withImage = index % 4 === 0
      const tokens = withImage ? [...turnStart, ...imageIds, ...turnEnd] : request().tokens
      const sampling = { ...request().sampling, seed: index }
      return request({ tokens, images: withImage ? images.slice(0, 1) : [], sampling, requestId: `r${index}` })
    })
    const together = await Promise.all(asked.map((each) => policy.generate(each)))
    for (const [index, each] of asked.entries())
      if (index % 8 === 0) expect((await policy.generate(each)).tokens).toEqual(together[index]?.tokens)
  })

  it('ends requests under way, by their id and by closing', async () => {
    await using policy = await vllmPolicy(url)
    const long = { ...request().sampling, maxTokens: 3_000, stopTokens: [] }
    const replies = await Promise.all([100, 200, 400].map((ms) => abortedAfter(policy, ms, long)))
    for (const { finish, tokens, logprobs } of replies) {
      expect(finish).toBe('abort')
      expect(logprobs).toHaveLength(tokens.length)
    }
    expect(replies.at(-1)?.tokens.length).toBeGreaterThan(0)
  })

  it('says what is wrong: no such model, a prompt too long, an id that is none', async () => {
    await expect(vllmPolicy(url, { model: 'nope' })).rejects.toMatchObject({ code: 'wrong_model' })
    await using policy = await vllmPolicy(url)
    const refused: [tokens: number[], message: RegExp][] = [
      [Array.from({ length: (policy.capabilities.contextTokens ?? 4_096) + 10 }, () => 198), /maximum model length/],
      [[151_999_999], /out of vocabulary/],
    ]
    for (const [tokens, message] of refused) {
      const error: unknown = await policy.generate(request({ tokens })).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(FaultError)
      expect(error).toMatchObject({ code: 'rejected', message: expect.stringMatching(message) as string })
    }
  })
})

async function abortedAfter(
  policy: Policy,
  ms: number,
  sampling: GenerateRequest['sampling'],
): ReturnType<Policy['generate']> {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('enough')), ms)
  return policy.generate(request({ sampling, signal: controller.signal, requestId: `abort-${ms}` }))
}
