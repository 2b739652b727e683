import { defineVerifier } from '@interleave/verifier'
import { FaultError, lintTrajectory, memoryMediaStore } from '@interleave/trajectory'
import { byteIds } from '@interleave/chat-template/byte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { addCall, answer, call, pixel, played, request, task, template, turns, world } from './__fixtures__/world.ts'

const right = answer('', '3')

afterEach(() => {
  vi.useRealTimers()
})

describe('whose fault a void rollout is', () => {
  it.each([
    ['more tokens than asked for', { tokens: Array<number>(20_000).fill(65) }],
    ['nothing at all', { tokens: [] }],
    ['an id that is none', { tokens: [1.5] }],
    ['too few logprobs', { tokens: right, logprobs: [-1] }],
    ['a logprob above 0', { tokens: right, logprobs: right.map(() => 0.5) }],
    ['a logprob that is no number', { tokens: right, logprobs: right.map(() => Number.NaN) }],
    ['an abort that nobody asked for', { tokens: right, finish: 'abort' as const }],
    ['no reply', undefined],
    ['no tokens', { tokens: undefined }],
    ['another end', { tokens: right, finish: 'banana' }],
    ['tokens after the end of a turn', { tokens: [...right, 65] }],
    ['a stop without its token', { tokens: right.slice(0, -1) }],
    ['a length at a stop token', { tokens: right, finish: 'length' }],
    ['typed arrays', { tokens: Int32Array.from(right) }],
    ['entropies that are none', { tokens: right, entropies: right.map(() => 'x') }],
    ['versions that leave a gap', { tokens: right, weightVersions: [{ version: 'a', start: 1, end: 2 }] }],
    ['another prompt', { tokens: right, effectivePrompt: [1, 2, 3] }],
  ])("is the policy's when its server returns %s", async (_, reply) => {
    const trajectory = await world(played(() => reply as never)).source.rollout(task, request())
    expect(trajectory).toMatchObject({ stop: 'fault', reward: null, scores: [], fault: { boundary: 'policy' } })
    expect(lintTrajectory(trajectory)).toEqual([])
  })

  it('keeps the boundary that a driver names, and takes anything else thrown there as its own', async () => {
    const lost = new FaultError('policy', 'lost', 'The server is gone; start it again.')
    const named = await world(played(() => Promise.reject(lost))).source.rollout(task, request())
    expect(named.fault).toEqual({ boundary: 'policy', code: 'lost', message: lost.message })
    const thrown = await world(played(() => Promise.reject(new Error('boom')))).source.rollout(task, request())
    expect(thrown.fault).toEqual({ boundary: 'policy', code: 'failed', message: 'boom' })
  })

  it("is the verifier's when it throws, and the reward stays null", async () => {
    const broken = defineVerifier({
      name: 'broken',
      version: '1',
      reference: z.string(),
      verify: () => {
        throw new Error('no judge')
      },
    })
    const trajectory = await world(turns(right), { verifiers: [broken] }).source.rollout(task, request())
    expect(trajectory).toMatchObject({ stop: 'fault', reward: null, fault: { boundary: 'verifier' } })
  })

  it("is the media store's when an image cannot be kept", async () => {
    const media = memoryMediaStore()
    media.put = () => Promise.reject(new FaultError('media', 'lost', 'The store is gone.'))
    const policy = turns(call('', JSON.stringify({ name: 'draw', arguments: {} })), right)
    const trajectory = await world(policy, {}, media).source.rollout(task, request())
    expect(trajectory).toMatchObject({ stop: 'fault', reward: null, fault: { boundary: 'media', code: 'lost' } })
  })

  it('is nobody\u2019s when the disk is full: the caller is told, since every rollout would be void', async () => {
    const media = memoryMediaStore()
    media.put = () => Promise.reject(new FaultError('media', 'disk_full', 'The disk is full.'))
    const policy = turns(call('', JSON.stringify({ name: 'draw', arguments: {} })), right)
    await expect(world(policy, {}, media).source.rollout(task, request())).rejects.toMatchObject({ code: 'disk_full' })
  })

  it('is null, not 0, where a verifier cannot decide', async () => {
    const unsure = defineVerifier({
      name: 'unsure',
      version: '1',
      reference: z.string(),
      verify: () => ({ status: 'unscored', explanation: 'no judge at hand' }),
    })
    const trajectory = await world(turns(right), { verifiers: [unsure] }).source.rollout(task, request())
    expect(trajectory).toMatchObject({ stop: 'answered', reward: null })
  })
})

describe('the end of a rollout', () => {
  it('is cancelled with the caller, whatever it waits for', async () => {
    const controller = new AbortController()
    const policy = played(({ signal }) => {
      controller.abort(new Error('enough'))
      return Promise.reject(signal.reason as Error)
    })
    const trajectory = await world(policy).source.rollout(task, request({ signal: controller.signal }))
    expect(trajectory).toMatchObject({ stop: 'cancelled', reward: null })
    expect(trajectory.fault).toBeUndefined()
    const late = await world(turns(right)).source.rollout(task, request({ signal: controller.signal }))
    expect(late.stop).toBe('cancelled')
  })

  it('comes at the deadline even where a policy ignores its signal', async () => {
    vi.useFakeTimers()
    const { source } = world(
      played(() => new Promise<never>(() => {})),
      { limits: { deadlineMs: 1_000 } },
    )
    const pending = source.rollout(task, request())
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await pending).toMatchObject({
      stop: 'fault',
      reward: null,
      fault: { boundary: 'policy', code: 'deadline' },
    })
  })

  it('leaves no timer and no follower of the signal behind', async () => {
    vi.useFakeTimers()
    const controller = new AbortController()
    await world(turns(right)).source.rollout(task, request({ signal: controller.signal }))
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe("a server's own count of pads", () => {
  const { bytes: _, ...record } = pixel
  const pictured = { ...task, prompt: [{ type: 'image' as const, ...record }, ...task.prompt] }

  const pads = (count: number) => (id: number) => (id === byteIds.imagePad ? Array<number>(count).fill(id) : [id])

  it('agrees with the template, or the rollout is void', async () => {
    const stated = template.renderPrompt({ tools: [], content: pictured.prompt })[0]!.images[0]!.effectiveLength
    for (const [count, code] of [
      [stated, undefined],
      [stated + 1, 'prompt_mismatch'],
      [stated - 1, 'prompt_mismatch'],
    ] as const) {
      const policy = played(({ tokens }) => ({ tokens: right, effectivePrompt: tokens.flatMap(pads(count)) }))
      const { media, source } = world(policy)
      await media.put(pixel)
      const trajectory = await source.rollout(pictured, request())
      expect(trajectory.fault?.code).toBe(code)
    }
  })

  it.each([
    ['a pad is missing', (id: number) => (id === byteIds.imagePad ? [] : [id])],
    ['a token is doubled', (id: number) => (id === 87 ? [id, id] : [id])],
  ])('voids the rollout where %s', async (_name, change) => {
    const policy = played(({ tokens }) => ({ tokens: right, effectivePrompt: tokens.flatMap(change) }))
    const { media, source } = world(policy)
    await media.put(pixel)
    expect((await source.rollout(pictured, request())).fault?.code).toBe('prompt_mismatch')
  })

  it('does not change a trajectory that a prefix was taken from', async () => {
    const made = await world(turns(call('think', addCall(1)), right)).source.rollout(task, request())
    const before = structuredClone(made)
    const at = made.segments.findIndex(({ tag }) => tag === 'call-open')
    const offset = made.segments.slice(0, at + 1).reduce((sum, { tokens }) => sum + tokens.length, 0)
    await world(turns(right)).source.resume({ source: made, at: offset }, request())
    expect(made).toEqual(before)
  })
})
