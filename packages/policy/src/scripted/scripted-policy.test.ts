import { FaultError } from '@interleave/trajectory'
import { describe, expect, test, vi } from 'vitest'
import type { GenerateRequest, TurnSampling } from '../policy.ts'
import { plainImage } from '../testing/plain-image.ts'
import { scriptedPolicy, type ScriptedPolicyOptions } from './scripted-policy.ts'

interface Asked extends Partial<TurnSampling> {
  readonly tokens?: number[]
  readonly images?: GenerateRequest['images']
  readonly signal?: AbortSignal
}

function ask({
  tokens = [1],
  images = [],
  signal = new AbortController().signal,
  ...sampling
}: Asked = {}): GenerateRequest {
  return {
    tokens,
    images,
    sampling: { temperature: 1, maxTokens: 10, seed: 1, stopTokens: [0], ...sampling },
    requestId: 'r/t1',
    sessionKey: 's',
    signal,
  }
}

const aborted = (): AbortSignal => AbortSignal.abort(new Error('stop'))

describe('scriptedPolicy', () => {
  test('plays its steps in order, and records the calls with copies of their tokens', async () => {
    const policy = scriptedPolicy({ steps: [{ reply: [5, 6, 0] }, { reply: [7, 0], cachedTokens: 3 }] })
    const history = [1, 2]
    const first = await policy.generate(ask({ tokens: history }))
    expect(first).toEqual({
      tokens: [5, 6, 0],
      logprobs: [-Math.LN2, -Math.LN2, -Math.LN2],
      finish: 'stop',
      matchedStop: 0,
    })
    history.push(...first.tokens, 9)
    expect(await policy.generate(ask({ tokens: history }))).toMatchObject({ tokens: [7, 0], cachedTokens: 3 })
    expect(policy.calls.map(({ request, step }) => [request.tokens, step])).toEqual([
      [[1, 2], 0],
      [[1, 2, 5, 6, 0, 9], 1],
    ])
    expect(policy.calls[0]?.result).toEqual(first)
    policy.assertDone()
    await policy[Symbol.asyncDispose]()
  })

  test.each<[number[], Partial<TurnSampling>, number[], string]>([
    [[5, 6, 0], {}, [5, 6, 0], 'stop'],
    [[5, 0, 6, 0], {}, [5, 0], 'stop'],
    [[5, 6, 7], { maxTokens: 2 }, [5, 6], 'length'],
    [[5, 0], { maxTokens: 2 }, [5, 0], 'stop'],
    [[5, 6, 0], { maxTokens: 2 }, [5, 6], 'length'],
    [[5, 6, 0], { stopTokens: [0, 6] }, [5, 6], 'stop'],
    [[5, 6], { maxTokens: 2, stopTokens: [] }, [5, 6], 'length'],
  ])('draws %j under %j like a server', async (reply, sampling, tokens, finish) => {
    const logprobs = reply.map((id) => -id)
    const result = await scriptedPolicy({ steps: [{ reply, logprobs }] }).generate(ask(sampling))
    expect(result).toMatchObject({ tokens, finish, logprobs: tokens.map((id) => -id) })
  })

  test('a reply that neither stops nor fills the limit is a mistake of the script, unless it says so', async () => {
    const policy = scriptedPolicy({ steps: [{ reply: [5] }, { reply: [5], finish: 'length' }] })
    await expect(policy.generate(ask())).rejects.toMatchObject({ code: 'bad_script' })
    expect(await policy.generate(ask())).toMatchObject({ tokens: [5], finish: 'length' })
    expect(() => policy.assertDone()).toThrow(/ends with no stop token \(0\) before the limit of 10/)
  })

  test('a script whose logprobs do not fit is refused', async () => {
    const policy = scriptedPolicy({ steps: [{ reply: [5, 0], logprobs: [-1] }] })
    await expect(policy.generate(ask())).rejects.toThrow('2 tokens and 1 logprobs')
  })

  test('refuses a call that it does not expect, and says what differs', async () => {
    const policy = scriptedPolicy({ steps: [{ expect: [1, 2, 3], reply: [0] }] })
    const refused = policy.generate(ask({ tokens: [1, 9] }))
    await expect(refused).rejects.toMatchObject({
      code: 'unexpected_call',
      message:
        'Call 0 (request "r/t1") was not expected: step 0: the prompt differs at token 1: expected 2, got 9 (3 tokens expected, 2 sent).',
    })
    await expect(policy.generate(ask({ tokens: [1, 2] }))).rejects.toThrow('at token 2: expected 3, got the end')
    expect(await policy.generate(ask({ tokens: [1, 2, 3] }))).toMatchObject({ tokens: [0] })
    await expect(policy.generate(ask())).rejects.toThrow(
      'Call 3 (request "r/t1") was not expected: no step is left for it.',
    )
    expect(policy.calls.map(({ step }) => step)).toEqual([null, null, 0, null])
    expect(() => policy.assertDone()).toThrow(/^Call 0 .*\nCall 1 .*\nCall 3 .*$/)
  })

  test.each<[NonNullable<ScriptedPolicyOptions['otherwise']>['expect'], string | null]>([
    [() => true, null],
    [() => undefined, null],
    [() => false, 'its check returned false'],
    [({ sampling }) => `seed ${sampling.seed}`, 'seed 1'],
    [() => expect.fail('not this'), 'not this'],
  ])('a check may return or throw: %o', async (check, message) => {
    const policy = scriptedPolicy({ steps: [{ reply: [0], ...(check === undefined ? {} : { expect: check }) }] })
    const reply = policy.generate(ask())
    if (message === null) await expect(reply).resolves.toMatchObject({ tokens: [0] })
    else await expect(reply).rejects.toThrow(message)
  })

  test('out of order, a call takes the first unused step that expects it', async () => {
    const steps = [1, 2, 3].map((id) => ({ expect: [id], reply: [id, 0] }))
    const policy = scriptedPolicy({ steps, inOrder: false })
    const replies = await Promise.all([3, 1, 2].map((id) => policy.generate(ask({ tokens: [id] }))))
    expect(replies.map(({ tokens }) => tokens[0])).toEqual([3, 1, 2])
    await expect(policy.generate(ask({ tokens: [3] }))).rejects.toThrow('no step is left for it')
    const ordered = scriptedPolicy({ steps })
    await expect(ordered.generate(ask({ tokens: [3] }))).rejects.toThrow(/expected: step 0: [^;]*$/)
  })

  test('otherwise answers what no step is for', async () => {
    const policy = scriptedPolicy({
      steps: [{ expect: [2], reply: [2, 0] }],
      otherwise: { reply: ({ tokens }) => [...tokens, 0] },
    })
    expect((await policy.generate(ask({ tokens: [8] }))).tokens).toEqual([8, 0])
    expect((await policy.generate(ask({ tokens: [2] }))).tokens).toEqual([2, 0])
    expect((await policy.generate(ask({ tokens: [2] }))).tokens).toEqual([2, 0])
    expect(policy.calls.map(({ step }) => step)).toEqual([null, 0, null])
    policy.assertDone()
  })

  test('reports steps that were not played: when asked, and when disposed of', async () => {
    const policy = scriptedPolicy({ steps: [{ reply: [0] }, { reply: [0] }, { reply: [0] }] })
    await policy.generate(ask())
    expect(() => policy.assertDone()).toThrow('Not played: step 1, 2 of 3.')
    await policy[Symbol.asyncDispose]()
    const unchecked = scriptedPolicy({ steps: [{ reply: [0] }] })
    await expect(unchecked[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'script_not_followed' })
  })

  test('fails as told: a fault of the policy, or any error', async () => {
    const error = new FaultError('policy', 'lost', 'connection lost')
    const policy = scriptedPolicy({ steps: [{ fail: 'out of memory' }, { fail: error }, { reply: [0] }] })
    await expect(policy.generate(ask())).rejects.toMatchObject({ boundary: 'policy', message: 'out of memory' })
    await expect(policy.generate(ask())).rejects.toBe(error)
    expect(await policy.generate(ask())).toMatchObject({ finish: 'stop' })
    policy.assertDone()
  })

  test('an aborted call returns what was drawn, or rejects where abort is not declared', async () => {
    const steps = [{ reply: [5, 6, 7, 0], logprobs: [-5, -6, -7, 0], delayMs: 60_000, drawnBeforeAbort: 2 }]
    const controller = new AbortController()
    const drawn = scriptedPolicy({ steps }).generate(ask({ signal: controller.signal }))
    const undeclared = scriptedPolicy({ steps, capabilities: { abort: false } })
    const rejected = undeclared.generate(ask({ signal: controller.signal }))
    controller.abort(new Error('stop'))
    expect(await drawn).toEqual({ tokens: [5, 6], logprobs: [-5, -6], finish: 'abort' })
    await expect(rejected).rejects.toThrow('stop')
    const failing = scriptedPolicy({ steps: [{ fail: 'too late' }, { reply: [0] }] })
    expect(await failing.generate(ask({ signal: aborted() }))).toEqual({ tokens: [], logprobs: [], finish: 'abort' })
    expect(await failing.generate(ask({ signal: aborted() }))).toMatchObject({ finish: 'abort' })
  })

  test('a delay ends by itself and leaves nothing behind', async () => {
    vi.useFakeTimers()
    try {
      const controller = new AbortController()
      const removed = vi.spyOn(controller.signal, 'removeEventListener')
      const reply = scriptedPolicy({ steps: [{ reply: [0], delayMs: 50 }] }).generate(
        ask({ signal: controller.signal }),
      )
      await vi.advanceTimersByTimeAsync(50)
      expect(await reply).toMatchObject({ finish: 'stop' })
      expect(vi.getTimerCount()).toBe(0)
      expect(removed).toHaveBeenCalled()
    } finally {
      vi.useRealTimers()
    }
  })

  test('disposing ends calls under way and refuses later ones', async () => {
    const policy = scriptedPolicy({ steps: [{ reply: [0], delayMs: 60_000 }] })
    const waiting = expect(policy.generate(ask())).rejects.toMatchObject({ code: 'disposed', boundary: 'policy' })
    await policy[Symbol.asyncDispose]()
    await waiting
    await expect(policy.generate(ask())).rejects.toMatchObject({ code: 'disposed' })
  })

  test('gives what its capabilities declare and no more', async () => {
    const declared = { effectivePrompt: true, weightVersions: true, logprobs: 'none' as const }
    const spans = [{ version: '7', start: 0, end: 1 }]
    const policy = scriptedPolicy({
      steps: [{ reply: [5, 0] }, { reply: [0], weightVersions: spans, effectivePrompt: [4], matchedStop: 'end' }],
      capabilities: declared,
      imagePad: { id: 9, length: 3 },
      weightVersion: '6',
    })
    expect(await policy.generate(ask({ tokens: [1, 9, 2], images: [plainImage] }))).toEqual({
      tokens: [5, 0],
      finish: 'stop',
      matchedStop: 0,
      effectivePrompt: [1, 9, 9, 9, 2],
      weightVersions: [{ version: '6', start: 0, end: 2 }],
    })
    expect(await policy.generate(ask())).toEqual({
      tokens: [0],
      finish: 'stop',
      matchedStop: 'end',
      effectivePrompt: [4],
      weightVersions: spans,
    })
  })

  test('refuses images it has no pads for, or does not take', async () => {
    const step = { reply: [0] }
    const padded = scriptedPolicy({ steps: [step], imagePad: { id: 9, length: 1 } })
    await expect(padded.generate(ask({ tokens: [9, 9], images: [plainImage] }))).rejects.toMatchObject({
      code: 'image_mismatch',
      message: 'The prompt has 2 image pads and came with 1 images.',
    })
    const blind = scriptedPolicy({ steps: [step], capabilities: { images: false } })
    await expect(blind.generate(ask({ images: [plainImage] }))).rejects.toMatchObject({ code: 'images_unsupported' })
  })
})
