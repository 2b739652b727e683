import { createServer } from 'node:net'
import { isInterleaveError } from '@interleave/trajectory'
import { describe, expect, it } from 'vitest'
import { ask } from '../__fixtures__/ask.ts'
import { padId } from '../__fixtures__/bigram-model.ts'
import type { Lies } from '../__fixtures__/lies.ts'
import { vllmServer } from '../__fixtures__/vllm-server.ts'
import { plainImage } from '../testing/plain-image.ts'
import { vllmPolicy } from './vllm-policy.ts'

const short = { patienceMs: 0, timeoutMs: 2_000 }

/** The code of a fault of the policy whose message is a sentence; anything else fails. */
async function faultOf(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error: unknown = await promise.then(
    (value) => ({ answered: value }),
    (thrown: unknown) => thrown,
  )
  if (!isInterleaveError(error) || !('boundary' in error)) throw new Error(`no fault but ${JSON.stringify(error)}`)
  expect(error.boundary).toBe('policy')
  expect(error.message).toMatch(/^[A-Z"].*[.)…]$/s)
  expect(error.message).not.toMatch(/\n\s+at /)
  return { code: error.code, message: error.message }
}

describe('connecting to what cannot be sampled from', () => {
  it('no address', async () => {
    expect((await faultOf(vllmPolicy('not a url'))).code).toBe('bad_url')
    expect((await faultOf(vllmPolicy('http://me:secret@127.0.0.1'))).message).not.toContain('secret')
  })

  it('nobody there', async () => {
    const { code, message } = await faultOf(vllmPolicy('http://127.0.0.1:9', short))
    expect([code, message]).toEqual(['unreachable', expect.stringContaining('ECONNREFUSED')])
  })

  it('another page', async () => {
    await using server = await vllmServer()
    expect((await faultOf(vllmPolicy(`${server.url}/docs`))).code).toBe('bad_url')
  })

  it('another model', async () => {
    await using server = await vllmServer()
    const { code, message } = await faultOf(vllmPolicy(server.url, { model: 'large' }))
    expect([code, message]).toEqual(['wrong_model', expect.stringContaining('"tiny"')])
  })

  it('without its key', async () => {
    await using server = await vllmServer({ apiKey: 'secret' })
    expect((await faultOf(vllmPolicy(server.url))).code).toBe('unauthorised')
    await using policy = await vllmPolicy(server.url, { apiKey: 'secret' })
    expect((await policy.generate(ask())).tokens.length).toBeGreaterThan(0)
  })

  it('TLS asked of a server that speaks none, and the other way round', async () => {
    await using server = await vllmServer()
    expect((await faultOf(vllmPolicy(server.url.replace('http:', 'https:')))).code).toBe('tls')
  })

  it('what speaks no HTTP', async () => {
    const other = createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = other.address() as { port: number }
      expect((await faultOf(vllmPolicy(`http://127.0.0.1:${port}`, short))).code).toBe('bad_answer')
    } finally {
      other.close()
    }
  })

  it('a server that encodes ids again', async () => {
    await using server = await vllmServer({ retokenise: true })
    const { code, message } = await faultOf(vllmPolicy(server.url))
    expect([code, message]).toEqual(['prompt_mismatch', expect.stringMatching(/token 0 was sent as 99 .* is 30 /)])
  })

  it('a server that goes on after a stop token', async () => {
    await using server = await vllmServer({ goOnAfterStop: true })
    expect((await faultOf(vllmPolicy(server.url))).code).toBe('bad_reply')
  })
})

describe('a server that turns bad', () => {
  const cases: [what: string, lies: Lies, code: string, message: RegExp][] = [
    ['encodes ids again', { retokenise: true }, 'prompt_mismatch', /token 0 was sent as 99/],
    ['drops logprobs', { dropLogprobs: true }, 'bad_reply', /0 logprobs for/],
    ['drops one logprob', { oneLogprobShort: true }, 'bad_reply', /\d+ logprobs for \d+ tokens/],
    ['has no number for a logprob', { noNumber: true }, 'bad_reply', /-9999/],
    ['closes in the middle of its answer', { closeMidAnswer: true }, 'answer_cut', /middle of its answer/],
    ['closes before its answer', { closeBefore: 9 }, 'connection_lost', /before it answered/],
    ['sends half its JSON', { halfJson: true }, 'bad_answer', /no whole JSON/],
    ['hangs', { hang: true }, 'timed_out', /timeoutMs/],
    ['sends too much', { hugeAnswer: true }, 'bad_answer', /another form/],
    ['fails', { status: { code: 500, times: 1 } }, 'server_error', /not sent again/],
    ['refuses', { status: { code: 400, times: 1 } }, 'rejected', /status 400/],
    ['is full', { status: { code: 503, times: 9 } }, 'overloaded', /fewer rollouts/],
    ['limits its rate', { status: { code: 429, times: 9 } }, 'overloaded', /fewer rollouts/],
    ['serves another model', { model: 'other' }, 'wrong_model', /`tiny` does not exist/],
    ['answers for another model', { answersAs: 'other' }, 'model_changed', /"other"/],
    ['hides the prompt', { hidePrompt: true }, 'bad_reply', /did not return the prompt/],
    ['hides the version of its weights', { hideWeightVersions: true }, 'bad_reply', /weight versions/],
    ['goes on after a stop token', { goOnAfterStop: true }, 'bad_reply', /went on after the stop token/],
  ]
  it.for(cases)('%s', async ([, lies, code, message]) => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url, { ...short, timeoutMs: lies.hang === true ? 100 : 20_000 })
    Object.assign(server.lies, lies)
    const before = server.asked.length
    const prompt = lies.retokenise === true ? [99, 111, 110, 116, 105, 110, 117] : [1, 2, 3]
    const sampling = { ...ask().sampling, maxTokens: 200 }
    const fault = await faultOf(policy.generate(ask({ tokens: prompt, sampling })))
    expect(fault.code).toBe(code)
    expect(fault.message).toMatch(message)
    // Not one of these is asked again without patience, a 400 or 500 never.
    const again = server.asked.slice(before).filter(({ path }) => path === '/inference/v1/generate')
    expect(again).toHaveLength(1)
  })

  it('expands images twice: not declared, and refused where it begins later', async () => {
    await using server = await vllmServer({ expandTwice: true })
    const tokens = [1, padId, 2]
    await using blind = await vllmPolicy(server.url)
    expect(blind.capabilities.images).toBe(false)
    expect((await faultOf(blind.generate(ask({ tokens, images: [plainImage] })))).code).toBe('images_unsupported')
    server.lies.expandTwice = false
    await using policy = await vllmPolicy(server.url)
    server.lies.expandTwice = true
    const { code, message } = await faultOf(policy.generate(ask({ tokens, images: [plainImage] })))
    expect([code, message]).toEqual(['prompt_mismatch', expect.stringContaining('expanded twice')])
  })

  it('500 and 400 are never asked again, however patient one is', async () => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url)
    for (const status of [500, 400]) {
      server.lies.status = { code: status, times: 5 }
      await faultOf(policy.generate(ask()))
      expect(server.lies.status.times).toBe(4)
    }
  })
})

describe('a server that is away for a while', () => {
  it.for([
    ['429 with a wait', { status: { code: 429, times: 2, retryAfter: '0' } }],
    ['503', { status: { code: 503, times: 2 } }],
    ['closed before its answer', { closeBefore: 2 }],
  ] as [string, Lies][])('%s: is asked again under another id', async ([, lies]) => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url)
    const honest = await policy.generate(ask())
    Object.assign(server.lies, lies)
    const before = server.asked.length
    expect(await policy.generate(ask())).toEqual(honest)
    const asked = server.asked.slice(before).filter(({ path }) => path === '/inference/v1/generate')
    expect(asked).toHaveLength(3)
    expect(new Set(asked.map(({ body }) => body['request_id'])).size).toBe(3)
  })

  it('waits as long as the server asks', async () => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url)
    server.lies.status = { code: 503, times: 1, retryAfter: '1' }
    const started = performance.now()
    await policy.generate(ask())
    expect(performance.now() - started).toBeGreaterThan(900)
  })

  it('restarted with the same model: goes on', async () => {
    const first = await vllmServer()
    await using policy = await vllmPolicy(first.url)
    await first[Symbol.asyncDispose]()
    const reply = policy.generate(ask())
    await new Promise((resolve) => setTimeout(resolve, 50))
    await using second = await vllmServer({}, first.port)
    expect((await reply).tokens.length).toBeGreaterThan(0)
    expect(second.asked.map(({ path }) => path)).toContain('/v1/models')
  })

  it.for([
    ['another name', { model: 'other' }],
    ['other weights under the same name', { root: 'models/other' }],
  ] as [string, Lies][])('restarted with %s: is refused', async ([, lies]) => {
    const first = await vllmServer()
    await using policy = await vllmPolicy(first.url)
    await first[Symbol.asyncDispose]()
    const reply = faultOf(policy.generate(ask()))
    await new Promise((resolve) => setTimeout(resolve, 50))
    await using second = await vllmServer(lies, first.port)
    expect((await reply).code).toBe('model_changed')
    expect(second.asked.filter(({ path }) => path === '/inference/v1/generate')).toEqual([])
  })
})

describe('many requests and one lost connection', () => {
  it('ask once who the server is, and are all answered', async () => {
    await using server = await vllmServer()
    await using policy = await vllmPolicy(server.url, { maxInFlight: 8 })
    const before = server.asked.length
    server.lies.closeBefore = 1
    const replies = await Promise.all(Array.from({ length: 24 }, () => policy.generate(ask())))
    expect(replies.every(({ tokens }) => tokens.length > 0)).toBe(true)
    const confirmed = server.asked.slice(before).filter(({ path }) => path === '/v1/models')
    expect(confirmed).toHaveLength(1)
  })
})
