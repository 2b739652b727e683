import { byteIds, byteTemplate } from '@interleave/chat-template/byte'
import { createImage, type Image, seededRandom } from '@interleave/trajectory'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { embeddedPolicy } from '../embedded-policy.ts'
import { kinds } from '../kinds.ts'
import { Perception } from '../perception/perception.ts'
import { turnContext } from '../turn-context.ts'
import type { TurnContext } from './turn.ts'
import { TurnWalker } from './turn-walker.ts'

const template = byteTemplate()
const zoom = { name: 'image_zoom_in', description: 'Zooms in.', input: { type: 'object' } }
const question = `${kinds[0]?.stem}\nA. red\nB. blue\nC. green`

// Parameters far from zero everywhere, so that nothing is uniform by accident.
const random = seededRandom(3)
const parameters = embeddedPolicy().parameters.map((value) => 0.3 * value + random() - 0.5)
const policy = embeddedPolicy({ parameters })
let image: Image
let tokens: number[]
let context: TurnContext

/** Every complete turn from here with its log probability. */
function* turns(from: TurnContext, begun: readonly number[]): Generator<{ tokens: number[]; logprob: number }> {
  const walker = new TurnWalker(from)
  for (const token of begun) walker.accept(token)
  const drawn: number[] = []
  for (;;) {
    const branches = walker.branches()
    if (branches.length > 1) {
      for (const branch of branches) {
        const logprob = walker.logprob(branch)
        for (const rest of turns(from, [...begun, ...drawn, branch.token]))
          yield { tokens: [...drawn, branch.token, ...rest.tokens], logprob: logprob + rest.logprob }
      }
      return
    }
    const token = branches[0]?.token ?? -1
    drawn.push(token)
    expect(walker.accept(token)).toBe(0)
    if (token === byteIds.turnEnd) {
      yield { tokens: drawn, logprob: 0 }
      return
    }
  }
}

beforeAll(async () => {
  // Eight patches in one row: few enough boxes to count them all.
  const pixels = Buffer.from(Array.from({ length: 64 * 8 * 3 }, () => Math.floor(256 * random())))
  const bytes = await sharp(pixels, { raw: { width: 64, height: 8, channels: 3 } })
    .png()
    .toBuffer()
  image = createImage(bytes, { mime: 'image/png', width: 64, height: 8 })
  const part = { type: 'image' as const, hash: image.hash, mime: image.mime, width: 64, height: 8 }
  tokens = template
    .renderPrompt({ tools: [zoom], content: [part, { type: 'text', text: question }] })
    .flatMap((segment) => segment.tokens)
  context = await turnContext(parameters, new Perception(), tokens, tokens.length, [image])
})

describe('the distribution over turns', () => {
  it('sums to 1 over all complete turns, which are all different', () => {
    const seen = new Set<string>()
    let sum = 0
    for (const turn of turns(context, [])) {
      sum += Math.exp(turn.logprob)
      seen.add(turn.tokens.join())
    }
    expect(Math.abs(sum - 1)).toBeLessThan(1e-9)
    // 6 thoughts, each with 3 answers or 4 heads x the boxes that differ in text x 2 ends.
    expect(seen.size).toBeGreaterThan(1500)
    expect((seen.size - 18) % 48).toBe(0)
  })

  it('is what scoreTokens reports: the logprobs of a sequence sum to its log probability', async () => {
    let index = 0
    for (const turn of turns(context, [])) {
      index += 1
      if (index % 37 !== 0) continue
      const all = [...tokens, ...turn.tokens]
      const scored = await policy.scoreTokens({ tokens: all, images: [image], start: tokens.length, end: all.length })
      expect(scored.reduce((sum, logprob) => sum + logprob, 0)).toBeCloseTo(turn.logprob, 10)
    }
  }, 60_000)

  it('goes on from a frozen prefix by the joint probability divided by that of the prefix', () => {
    const all = [...turns(context, [])]
    const some = all.filter((_, index) => index % 200 === 0)
    for (const { tokens: whole } of some)
      for (const cut of [5, whole.length >> 1, whole.indexOf(byteIds.thinkClose) + 4, whole.length - 3]) {
        const prefix = whole.slice(0, cut)
        const within = all.filter((turn) => prefix.every((token, at) => turn.tokens[at] === token))
        const mass = within.reduce((sum, turn) => sum + Math.exp(turn.logprob), 0)
        const rests = new Map([...turns(context, prefix)].map((rest) => [rest.tokens.join(), rest.logprob]))
        expect(rests.size).toBe(within.length)
        for (const turn of within)
          expect(rests.get(turn.tokens.slice(cut).join())).toBeCloseTo(turn.logprob - Math.log(mass), 9)
      }
  }, 60_000)

  it('is what generate draws: chi-square of boxes called for after a frozen prefix', async () => {
    const thought = [...Buffer.from('The detail is small. I zoom into image 0, at the top right.')]
    const prefix = [...thought, byteIds.thinkClose, 10, 10, byteIds.callOpen]
    // Ten classes by the first digits of the box and the form of the call.
    const classOf = (ids: readonly number[]): string => {
      const text = template.decode(ids)
      return `${/"(zoom|image_zoom_in)"/.exec(text)?.[1]} ${Math.floor(Number(/\[(\d+)/.exec(text)?.[1]) / 200)}`
    }
    const expected = new Map<string, number>()
    for (const turn of turns(context, prefix)) {
      const key = classOf(turn.tokens)
      expected.set(key, (expected.get(key) ?? 0) + Math.exp(turn.logprob))
    }
    const draws = 3000
    const observed = new Map<string, number>()
    for (let seed = 0; seed < draws; seed += 1) {
      const reply = await policy.generate({
        tokens: [...tokens, ...prefix],
        images: [image],
        sampling: { temperature: 1, maxTokens: 400, seed, stopTokens: template.stopTokens },
        requestId: '',
        sessionKey: '',
        signal: new AbortController().signal,
      })
      const key = classOf(reply.tokens)
      observed.set(key, (observed.get(key) ?? 0) + 1)
    }
    let statistic = 0
    for (const [key, probability] of expected)
      statistic += ((observed.get(key) ?? 0) - draws * probability) ** 2 / (draws * probability)
    expect([...observed.keys()].every((key) => expected.has(key))).toBe(true)
    expect(expected.size).toBeGreaterThanOrEqual(8)
    // The 99.99 % point of chi-square with 11 degrees of freedom is 37.4.
    expect(expected.size).toBeLessThanOrEqual(12)
    expect(statistic).toBeLessThan(37.4)
  }, 60_000)

  it('gives what an id outside the language the probability 0, and a sum of 1 after it', () => {
    const walker = new TurnWalker(context)
    expect(walker.accept(0)).toBe(Number.NEGATIVE_INFINITY)
    const sum = walker.branches().reduce((total, branch) => total + Math.exp(walker.logprob(branch)), 0)
    expect(sum).toBe(1)
    expect(walker.forced()).toBe(byteIds.thinkClose)
  })
})

describe('logprobGradient', () => {
  async function drawn(seed: number): Promise<number[]> {
    const { tokens: reply } = await policy.generate({
      tokens,
      images: [image],
      sampling: { temperature: 1, maxTokens: 400, seed, stopTokens: template.stopTokens },
      requestId: '',
      sessionKey: '',
      signal: new AbortController().signal,
    })
    return reply
  }

  it('agrees with finite differences, whole turns, parts and weights', async () => {
    const step = 1e-5
    for (let seed = 0; seed < 6; seed += 1) {
      const reply = await drawn(seed)
      const all = [...tokens, ...reply]
      const cut = seed % 2 === 0 ? 0 : Math.floor(reply.length / 3)
      const span = { tokens: all, images: [image], start: tokens.length + cut, end: all.length }
      const weights = seed < 3 ? undefined : Array.from({ length: reply.length - cut }, (_, index) => (index % 5) - 2)
      const gradient = await policy.logprobGradient(weights === undefined ? span : { ...span, weights })
      const value = async (values: Float64Array): Promise<number> => {
        const logprobs = await policy.withParameters(values).scoreTokens(span)
        return logprobs.reduce((sum, logprob, at) => sum + logprob * (weights?.[at] ?? 1), 0)
      }
      let nonzero = 0
      for (let index = 0; index < gradient.length; index += 1) {
        if (gradient[index] === 0 && index % 7 !== seed) continue
        const [up, down] = [parameters.slice(), parameters.slice()]
        up[index] = (up[index] ?? 0) + step
        down[index] = (down[index] ?? 0) - step
        const difference = ((await value(up)) - (await value(down))) / (2 * step)
        expect(Math.abs(difference - (gradient[index] ?? 0))).toBeLessThan(1e-7)
        if (gradient[index] !== 0) nonzero += 1
      }
      expect(nonzero).toBeGreaterThan(0)
    }
  }, 60_000)

  it('refuses a span or weights that do not fit', async () => {
    await expect(policy.logprobGradient({ tokens, images: [image], start: 5, end: 1e9 })).rejects.toThrow(
      'does not lie',
    )
    const request = { tokens, images: [image], start: tokens.length - 2, end: tokens.length, weights: [1] }
    await expect(policy.logprobGradient(request)).rejects.toThrow('1 weights for the 2 tokens')
  })
})
