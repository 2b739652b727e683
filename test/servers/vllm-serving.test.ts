import { setTimeout as sleep } from 'node:timers/promises'
import { createImage, type Image } from '@interleave/trajectory'
import type { GenerateRequest, Policy } from '@interleave/policy'
import { vllmPolicy } from '@interleave/policy/vllm'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

const ids = { turnEnd: 151_645, pad: 151_655, visionStart: 151_652, visionEnd: 151_653, neverDrawn: 151_643 }
const head = [151_644, 872, 198]
const tail = [151_645, 198, 151_644, 77_091, 198, 151_667, 198]
const url = inject('vllm')

async function post(route: string, body: object = {}): Promise<void> {
  const answer = await fetch(`${url}${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`)
}

describe('vLLM', () => {
  let policy: Policy
  let image: Image
  beforeAll(async () => {
    policy = await vllmPolicy(url)
    const bytes = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#c04010' } })
      .png()
      .toBuffer()
    image = createImage(bytes, { mime: 'image/png', width: 300, height: 200 })
  })
  afterAll(() => policy[Symbol.asyncDispose]())

  let requests = 0
  const ask = (changes: Partial<GenerateRequest>, maxTokens: number, temperature = 1): GenerateRequest => ({
    tokens: [...head, 3_838, 374, 432, 30, ...tail],
    images: [],
    // Nothing ends a reply before its length: what follows the end of a turn is drawn on.
    sampling: { temperature, maxTokens, seed: 5, stopTokens: [ids.neverDrawn] },
    requestId: `serving-${(requests += 1)}`,
    sessionKey: 'serving',
    signal: AbortSignal.timeout(120_000),
    ...changes,
  })

  test.each([
    ['text', false],
    ['an image', true],
  ])('goes on from a frozen prefix as it would have gone on, with %s', async (_, withImage) => {
    const picture = withImage ? [ids.visionStart, ids.pad, ids.visionEnd] : []
    const tokens = [...head, ...picture, 3_838, 30, ...tail]
    const images = withImage ? [image] : []
    const whole = await policy.generate(ask({ tokens, images }, 60, 0))
    for (const at of [1, 17, 40]) {
      const prefix = [...tokens, ...whole.tokens.slice(0, at)]
      const rest = await policy.generate(ask({ tokens: prefix, images }, 60 - at, 0))
      expect(rest.tokens).toEqual(whole.tokens.slice(at))
      const difference = rest.logprobs?.map((value, index) => Math.abs(value - (whole.logprobs?.[at + index] ?? 0)))
      expect(Math.max(...(difference ?? [Number.POSITIVE_INFINITY]))).toBeLessThan(1e-3)
    }
  })

  test('tells which tokens were drawn by which weights', async () => {
    await post('/update_weight_version', { new_version: 'before' })
    const reply = policy.generate(ask({}, 2500))
    await sleep(300)
    await post('/update_weight_version', { new_version: 'after' })
    const { tokens, weightVersions = [] } = await reply
    expect(tokens.length).toBe(2500)
    expect(weightVersions.map(({ version }) => version)).toEqual(['before', 'after'])
    expect(weightVersions[0]?.start).toBe(0)
    expect(weightVersions[0]?.end).toBe(weightVersions[1]?.start)
    expect(weightVersions[1]?.end).toBe(2500)
  })

  test('paused and resumed, answers as if nothing had been', async () => {
    const started = performance.now()
    const { tokens: expected } = await policy.generate(ask({}, 900))
    const took = performance.now() - started
    const reply = policy.generate(ask({}, 900))
    await sleep(100)
    await post('/pause?mode=keep')
    const answered = await Promise.race([reply.then(() => true), sleep(took + 2000, false)])
    await post('/resume')
    expect(answered).toBe(false)
    expect((await reply).tokens).toEqual(expected)
  })
})
