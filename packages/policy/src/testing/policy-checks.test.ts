import { deriveSeed, FaultError, type Image } from '@interleave/trajectory'
import { runChecks } from '@interleave/trajectory/testing'
import { describe, expect, test } from 'vitest'
import { declareCapabilities } from '../declare-capabilities.ts'
import { functionPolicy } from '../function-policy.ts'
import type { GenerateRequest, GenerateResult, Policy, PolicyCapabilities } from '../policy.ts'
import { scriptedPolicy } from '../scripted.ts'
import { plainImage } from './plain-image.ts'
import { policyChecks } from './policy-checks.ts'
import type { PolicyChecksOptions } from './policy-subject.ts'

const vocabulary = 8
const stop = 7
const pad = 6
const padLength = 4

const capabilities = declareCapabilities({
  model: 'bigram',
  driver: 'in-process',
  exact: true,
  images: true,
  logprobs: 'processed',
  seeded: true,
  abort: true,
  weightVersions: true,
  effectivePrompt: true,
})

/** Probabilities of the next token after another: a fixed table, sharpened by the temperature. */
function nextProbabilities(last: number, temperature: number): number[] {
  const logits = Array.from({ length: vocabulary }, (_, id) =>
    id === pad ? -Infinity : (deriveSeed(last, 'bigram', id) / 2 ** 32) * 3 - (id === stop ? 0.5 : 0),
  )
  const best = Math.max(...logits)
  if (temperature === 0) return logits.map((logit) => (logit === best ? 1 : 0))
  const weights = logits.map((logit) => Math.exp((logit - best) / temperature))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** A draw depends on the seed and on the place in the reply alone. */
function draw(probabilities: readonly number[], seed: number, place: number): number {
  let left = deriveSeed(seed, 'draw', place) / 2 ** 32
  const drawn = probabilities.findIndex((probability) => (left -= probability) < 0)
  return drawn === -1 ? probabilities.findLastIndex((probability) => probability > 0) : drawn
}

/** An honest policy: a bigram model that yields to others after each token. */
async function bigram({ tokens: prompt, images, sampling, signal }: GenerateRequest): Promise<GenerateResult> {
  const pads = prompt.filter((token) => token === pad).length
  if (pads !== images.length) throw new FaultError('policy', 'image_mismatch', `${pads} pads, ${images.length} images`)
  const tokens: number[] = []
  const logprobs: number[] = []
  let finish: GenerateResult['finish'] = 'length'
  while (tokens.length < sampling.maxTokens) {
    if (signal.aborted) {
      finish = 'abort'
      break
    }
    const probabilities = nextProbabilities(tokens.at(-1) ?? prompt.at(-1) ?? 0, sampling.temperature)
    const token = draw(probabilities, sampling.seed, tokens.length)
    tokens.push(token)
    logprobs.push(Math.log(probabilities[token] ?? 0))
    if (sampling.stopTokens.includes(token)) {
      finish = 'stop'
      break
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  const effectivePrompt = prompt.flatMap((token) =>
    token === pad ? Array.from({ length: padLength }, () => pad) : token,
  )
  return { tokens, logprobs, finish, effectivePrompt, weightVersions: [{ version: '1', start: 0, end: tokens.length }] }
}

const options: PolicyChecksOptions = {
  prompt: [1, pad, 2, pad, 3],
  images: [plainImage, plainImage],
  imagePad: pad,
  stopTokens: [stop],
  longTokens: 5_000,
  deadlineMs: 1_000,
}

async function statuses(policy: Policy, change: Partial<PolicyChecksOptions> = {}): Promise<Record<string, string[]>> {
  const byStatus: Record<string, string[]> = { passed: [], failed: [], skipped: [] }
  for (const { name, status } of await runChecks(policyChecks(policy, { ...options, ...change })))
    byStatus[status]?.push(name.slice(0, name.indexOf(':')))
  return byStatus
}

type Generate = (request: GenerateRequest) => GenerateResult | Promise<GenerateResult>
const policyOf = (generate: Generate, change: Partial<PolicyCapabilities> = {}): Policy =>
  functionPolicy({ ...capabilities, ...change }, generate)
const hang = (): Promise<never> => new Promise(() => {})

describe('policyChecks', () => {
  test('an honest policy passes all of them', async () => {
    const { passed, failed, skipped } = await statuses(policyOf(bigram))
    expect({ failed, skipped }).toEqual({ failed: [], skipped: [] })
    expect(passed).toHaveLength(18)
  })

  test('an honest policy that can do little passes, with the rest skipped', async () => {
    const little: Generate = async (request) => {
      if (request.images.length > 0) throw new FaultError('policy', 'images_unsupported', 'text only')
      request.signal.throwIfAborted()
      const { tokens, finish } = await bigram(request)
      request.signal.throwIfAborted()
      return { tokens, finish }
    }
    const none = declareCapabilities({ model: 'bigram', driver: 'little' })
    const { failed, skipped } = await statuses(functionPolicy(none, little), { prompt: [1, 2, 3], images: [] })
    expect(failed).toEqual([])
    expect(skipped).toEqual(['probabilities', 'weight versions', 'seed', 'effective prompt', 'image count'])
  })

  test('the scripted policy passes', async () => {
    // Each token is one of two, with the probability of one half that a script gives by default.
    const reply = ({ sampling: { seed, maxTokens, temperature } }: GenerateRequest): number[] =>
      Array.from({ length: maxTokens }, (_, at) => (temperature === 0 ? 1 : 1 + (deriveSeed(seed, 'bit', at) % 2)))
    const declared = { seeded: true, weightVersions: true, effectivePrompt: true }
    const imagePad = { id: pad, length: padLength }
    const otherwise = { reply, delayMs: 3, drawnBeforeAbort: 3 }
    const policy = scriptedPolicy({ steps: [], otherwise, capabilities: declared, imagePad })
    expect(await statuses(policy)).toMatchObject({ failed: [], skipped: [] })
  })

  let turn = 0
  let broken = false
  test.each<[string, Generate, string[], Partial<PolicyCapabilities>?]>([
    ['declares nonsense', bigram, ['capabilities'], { logprobs: 'exact' as never }],
    [
      'declares logprobs it does not give',
      async (r) => ({ ...(await bigram(r)), logprobs: [] }),
      ['reply', 'probabilities', 'continuation', 'concurrency', 'abort under way'],
    ],
    ['gives logprobs it does not declare', bigram, ['reply', 'continuation', 'concurrency'], { logprobs: 'none' }],
    [
      'gives probabilities',
      async (r) => map(await bigram(r), 'logprobs', Math.exp),
      ['reply', 'probabilities', 'continuation', 'concurrency'],
    ],
    ['gives probability 1 to all', async (r) => map(await bigram(r), 'logprobs', () => 0), ['probabilities']],
    [
      'draws ids that are none',
      async (r) => map(await bigram(r), 'tokens', (id) => id + 0.5),
      ['reply', 'length', 'stop', 'continuation', 'concurrency'],
    ],
    ['draws too many tokens', async (r) => bigram(limit(r, r.sampling.maxTokens + 1)), ['length', 'abort under way']],
    [
      'drops the stop token',
      async (r) => dropStop(await bigram(r)),
      ['reply', 'length', 'stop', 'probabilities', 'weight versions', 'concurrency', 'abort after'],
    ],
    [
      'goes on after a stop token',
      async (r) => bigram(sampled(r, { stopTokens: [] })),
      ['reply', 'stop', 'concurrency'],
    ],
    [
      'says length at a stop',
      async (r) => ({ ...(await bigram(r)), finish: 'length' as const }),
      ['reply', 'stop', 'concurrency', 'abort before', 'abort under way'],
    ],
    ['names another stop', async (r) => ({ ...(await bigram(r)), matchedStop: 0 }), ['stop']],
    [
      'ignores the seed',
      async (r) => bigram(sampled(r, { seed: (turn += 1) })),
      ['seed', 'concurrency', 'abort under way', 'abort after'],
    ],
    ['has one seed', async (r) => bigram(sampled(r, { seed: 1 })), ['seed']],
    ['is never greedy', async (r) => bigram(sampled(r, { temperature: 1 })), ['greedy', 'continuation']],
    [
      'forgets what was sampled',
      (r) => bigram({ ...r, tokens: r.tokens.slice(0, 5) }),
      ['continuation', 'effective prompt', 'image count'],
    ],
    ['mixes up requests', mixing(), ['concurrency']],
    ['has gaps in its versions', async (r) => ({ ...(await bigram(r)), weightVersions: [] }), ['weight versions']],
    ['lacks the versions it declares', async (r) => without(await bigram(r), 'weightVersions'), ['weight versions']],
    ['writes to the request', (r) => ((r.sampling.stopTokens as number[]).push(5), bigram(r)), ['length', 'request']],
    ['lacks the effective prompt', async (r) => without(await bigram(r), 'effectivePrompt'), ['effective prompt']],
    [
      'sees another prompt',
      async (r) => map(await bigram(r), 'effectivePrompt', (id) => (id === 2 ? 3 : id)),
      ['effective prompt'],
    ],
    [
      'sees more prompt',
      async (r) => ({ ...(await bigram(r)), effectivePrompt: [...r.tokens, 9] }),
      ['effective prompt'],
    ],
    ['returns an undeclared effective prompt', bigram, ['effective prompt'], { effectivePrompt: false }],
    ['takes images it does not declare', (r) => bigram(withPads(r)), ['images'], { images: false }],
    ['takes any number of images', (r) => bigram(withPads(r)), ['image count']],
    [
      'hangs on the wrong number of images',
      (r) => (count(r) === r.images.length ? bigram(r) : hang()),
      ['image count'],
    ],
    [
      'ignores abort',
      (r) => bigram({ ...r, signal: new AbortController().signal }),
      ['abort before', 'abort under way'],
    ],
    [
      'rejects on abort and declares it',
      async (r) => (await bigram(r), r.signal.throwIfAborted(), bigram(r)),
      ['abort before', 'abort under way'],
    ],
    ['returns on abort and does not declare it', bigram, ['abort before', 'abort under way'], { abort: false }],
    ['hangs on abort', async (r) => onAbort(await bigram(r), hang), ['abort before', 'abort under way', 'abort after']],
    ['makes up what was drawn before an abort', async (r) => onAbort(await bigram(r), () => fake), ['abort under way']],
    ['aborts all at once', abortingAll(), ['abort after']],
    [
      'dies of an abort',
      async (r) => {
        if (broken) throw new Error('connection lost')
        const result = await bigram(r)
        broken ||= result.finish === 'abort'
        return result
      },
      ['abort under way', 'abort after'],
    ],
  ])('fails one that %s', async (name, generate, expected, change) => {
    const deadlineMs = name.startsWith('hangs') ? 200 : 1_000
    const { failed } = await statuses(policyOf(generate, change), { deadlineMs })
    expect(failed?.toSorted()).toEqual(expected.toSorted())
  })

  test.each<[string, () => Promise<void>]>([
    ['hangs', hang],
    ['fails', () => Promise.reject(new Error('busy'))],
    ['does nothing', async () => {}],
  ])('fails one whose disposal %s', async (_, dispose) => {
    const policy: Policy = { capabilities, generate: bigram, [Symbol.asyncDispose]: dispose }
    expect((await statuses(policy, { deadlineMs: 200 })).failed).toEqual(['disposal'])
  })

  test('fails one that never answers, in time', async () => {
    const { passed, failed } = await statuses(policyOf(hang), { deadlineMs: 5 })
    expect(passed).toEqual(['capabilities', 'disposal'])
    expect(failed).toHaveLength(16)
  })
})

const fake: GenerateResult = { tokens: [0, 0, 0], logprobs: [-1, -1, -1], finish: 'abort' }
const sampled = (request: GenerateRequest, change: Partial<GenerateRequest['sampling']>): GenerateRequest => ({
  ...request,
  sampling: { ...request.sampling, ...change },
})
const limit = (request: GenerateRequest, maxTokens: number): GenerateRequest => sampled(request, { maxTokens })
const count = ({ tokens }: GenerateRequest): number => tokens.filter((token) => token === pad).length

function map(
  result: GenerateResult,
  key: 'tokens' | 'logprobs' | 'effectivePrompt',
  change: (value: number) => number,
): GenerateResult {
  return { ...result, [key]: result[key]?.map(change) }
}

function without(result: GenerateResult, key: keyof GenerateResult): GenerateResult {
  return Object.fromEntries(Object.entries(result).filter(([name]) => name !== key)) as unknown as GenerateResult
}

function dropStop(result: GenerateResult): GenerateResult {
  if (result.finish !== 'stop') return result
  return { ...result, tokens: result.tokens.slice(0, -1), logprobs: (result.logprobs ?? []).slice(0, -1) }
}

/** Another reply in place of an aborted one. */
function onAbort(
  result: GenerateResult,
  instead: () => GenerateResult | Promise<GenerateResult>,
): GenerateResult | Promise<GenerateResult> {
  return result.finish === 'abort' ? instead() : result
}

/** Whatever the images, as many as there are pads. */
function withPads(request: GenerateRequest): GenerateRequest {
  return { ...request, images: Array.from({ length: count(request) }, (): Image => plainImage) }
}

/** Requests that are under way together get the seed of the one that came last. */
function mixing(): Generate {
  let seed = 0
  return async (request) => {
    seed = request.sampling.seed
    await new Promise((resolve) => setImmediate(resolve))
    return bigram(sampled(request, { seed }))
  }
}

/** One signal that fires ends every request under way. */
function abortingAll(): Generate {
  let shared = new AbortController()
  return (request) => {
    request.signal.addEventListener('abort', () => {
      shared.abort()
      shared = new AbortController()
    })
    return bigram({ ...request, signal: AbortSignal.any([request.signal, shared.signal]) })
  }
}
