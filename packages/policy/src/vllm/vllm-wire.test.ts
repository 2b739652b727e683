import { contentHash, type Image } from '@interleave/trajectory'
import { describe, expect, it } from 'vitest'
import { ask } from '../__fixtures__/ask.ts'
import { padId, stopId } from '../__fixtures__/bigram-model.ts'
import type { TestServer } from '../__fixtures__/test-server.ts'
import { vllmServer } from '../__fixtures__/vllm-server.ts'
import { plainImage } from '../testing/plain-image.ts'
import { vllmPolicy } from './vllm-policy.ts'

const route = '/inference/v1/generate'

/** The last request for tokens. */
function lastOf(server: TestServer): TestServer['asked'][number] {
  const last = server.asked.findLast(({ path }) => path === route)
  if (last === undefined) throw new Error('nothing was asked')
  return last
}

describe('what a request to vLLM says', () => {
  it('every field for drawing, its own id and seed, and the key of its session', async () => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url)
    await policy.generate(ask({ sessionKey: 'task 1 / ü' }))
    const { body, headers } = lastOf(server)
    expect(body['sampling_params']).toEqual({
      n: 1,
      max_tokens: 12,
      min_tokens: 0,
      temperature: 1,
      top_p: 1,
      top_k: 0,
      min_p: 0,
      presence_penalty: 0,
      frequency_penalty: 0,
      repetition_penalty: 1,
      seed: 4,
      stop_token_ids: [stopId],
      ignore_eos: true,
      skip_special_tokens: false,
      logprobs: 0,
    })
    expect(body).toMatchObject({ model: 'tiny', return_token_ids: true, output_mode: 'tokens', stream: false })
    expect(body['request_id']).toMatch(/^r1\/t1~[0-9a-f]{8}$/)
    expect(headers['x-session-id']).toMatch(/^[0-9a-f]{32}$/)
    await policy.generate(ask())
    expect(lastOf(server).headers['x-session-id']).toBe('task-1')
    expect(lastOf(server).body['request_id']).not.toBe(body['request_id'])
  })

  it('truncation and penalties where they are asked for', async () => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url)
    const sampling = { ...ask().sampling, temperature: 0.6, topP: 0.9, topK: 20, minP: 0.1, presencePenalty: 1.5 }
    await policy.generate(ask({ sampling }))
    expect(lastOf(server).body['sampling_params']).toMatchObject({
      temperature: 0.6,
      top_p: 0.9,
      top_k: 20,
      min_p: 0.1,
      presence_penalty: 1.5,
    })
  })

  it('images as flat parts in the order of their pads, byte for byte', async () => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url)
    const bytes = Buffer.alloc(50_000, 7)
    const other: Image = { hash: contentHash(bytes), mime: 'image/jpeg', width: 64, height: 64, bytes }
    const reply = await policy.generate(ask({ tokens: [1, padId, 2, padId], images: [other, plainImage] }))
    expect(lastOf(server).body['content_parts']).toEqual([
      { type: 'image_url', url: `data:image/jpeg;base64,${bytes.toString('base64')}` },
      { type: 'image_url', url: `data:image/png;base64,${Buffer.from(plainImage.bytes).toString('base64')}` },
    ])
    expect(lastOf(server).body['token_ids']).toEqual([1, padId, 2, padId])
    expect(reply.effectivePrompt).toEqual([1, ...Array<number>(4).fill(padId), 2, ...Array<number>(4).fill(padId)])
  })

  it('a growing array in full each turn', async () => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url)
    const tokens = [1, 2, 3]
    for (let turn = 1; turn <= 4; turn += 1) {
      const reply = await policy.generate(ask({ tokens }))
      expect(lastOf(server).body['token_ids']).toEqual(tokens)
      tokens.push(...reply.tokens)
    }
  })

  it('an aborted request is ended by its id, and its tokens come back', async () => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url)
    const controller = new AbortController()
    const sampling = { ...ask().sampling, maxTokens: 2_000, stopTokens: [] }
    const asked = policy.generate(ask({ sampling, signal: controller.signal }))
    setTimeout(() => controller.abort(new Error('enough')), 50)
    const { finish, tokens, logprobs } = await asked
    expect(finish).toBe('abort')
    expect(tokens.length).toBeGreaterThan(0)
    expect(logprobs).toHaveLength(tokens.length)
    const ended = server.asked.findLast(({ path }) => path === '/inference/v1/abort_requests')
    expect(ended?.body['request_ids']).toEqual([`generate-tokens-${String(lastOf(server).body['request_id'])}`])
    expect(server.running).toBe(0)
  })

  it('where there is no such route the connection is closed, and the reason thrown', async () => {
    await using server = await vllmServer({ noAbortRoute: true })
    await using policy = await vllmPolicy(server.url)
    expect(policy.capabilities.abort).toBe(false)
    const controller = new AbortController()
    const sampling = { ...ask().sampling, maxTokens: 2_000, stopTokens: [] }
    const asked = policy.generate(ask({ sampling, signal: controller.signal }))
    setTimeout(() => controller.abort(new Error('enough')), 50)
    await expect(asked).rejects.toThrow('enough')
    await expect.poll(() => server.running).toBe(0)
  })

  it('disposal ends what is under way', async () => {
    await using server = await vllmServer()
    const policy = await vllmPolicy(server.url)
    const sampling = { ...ask().sampling, maxTokens: 2_000, stopTokens: [] }
    const asked = policy.generate(ask({ sampling }))
    setTimeout(() => void policy[Symbol.asyncDispose](), 50)
    await expect(asked).rejects.toMatchObject({ code: 'disposed' })
    await expect.poll(() => server.running).toBe(0)
  })
})

describe('a server with little room', () => {
  it('gets every request answered in the end, and fewer at once', async () => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url)
    const alone = await policy.generate(ask())
    server.lies.most = 4
    const replies = await Promise.all(Array.from({ length: 40 }, () => policy.generate(ask())))
    expect(replies).toEqual(Array.from({ length: 40 }, () => alone))
    expect(server.peak).toBeLessThanOrEqual(4)
  })

  it('a limit of our own holds', async () => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url, { maxInFlight: 3 })
    await Promise.all(Array.from({ length: 30 }, () => policy.generate(ask())))
    expect(server.peak).toBeLessThanOrEqual(3)
  })

  it('connections are used again', async () => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url)
    const before = server.connections
    for (let turn = 0; turn < 20; turn += 1) await policy.generate(ask())
    expect(server.connections - before).toBeLessThanOrEqual(1)
  })
})

describe('waiting for a place', () => {
  it('ends at once when the signal fires, and is not sent', async () => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url, { maxInFlight: 1 })
    server.lies.delayMs = 300
    const first = policy.generate(ask())
    const before = server.asked.length
    const controller = new AbortController()
    const second = policy.generate(ask({ requestId: 'second', signal: controller.signal }))
    controller.abort(new Error('enough'))
    expect(await second).toMatchObject({ finish: 'abort', tokens: [] })
    expect((await first).finish).not.toBe('abort')
    const sent = server.asked.slice(before).filter(({ body }) => String(body['request_id']).startsWith('second'))
    expect(sent).toEqual([])
  })

  it('ends between two attempts too', async () => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url)
    server.lies.status = { code: 503, times: 5, retryAfter: '60' }
    const controller = new AbortController()
    const asked = policy.generate(ask({ signal: controller.signal }))
    setTimeout(() => controller.abort(new Error('enough')), 100)
    expect(await asked).toMatchObject({ finish: 'abort', tokens: [] })
    expect(server.lies.status.times).toBe(4)
  })

  it('each attempt again is told on a channel', async () => {
    const { subscribe, unsubscribe } = await import('node:diagnostics_channel')
    const told: unknown[] = []
    const listen = (message: unknown): void => void told.push(message)
    subscribe('interleave.policy.retry', listen)
    try {
      await using server = await vllmServer()
      await using policy = await vllmPolicy(server.url)
      server.lies.status = { code: 429, times: 2, retryAfter: '0' }
      await policy.generate(ask())
      expect(told).toEqual(
        [0, 1].map((attempt) => ({ url: `${server.url}/`, attempt, delayMs: 0, code: 'overloaded' })),
      )
    } finally {
      unsubscribe('interleave.policy.retry', listen)
    }
  })

  it('connecting ends when its signal fires', async () => {
    await using server = await vllmServer({ hang: true, noAbortRoute: true })
    const signal = AbortSignal.timeout(50)
    await expect(vllmPolicy(server.url, { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})
