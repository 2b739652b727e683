import { byteIds, byteTemplate, byteVocabularySize } from '@interleave/chat-template/byte'
import type { GenerateRequest, GenerateResult, TurnSampling } from '@interleave/policy'
import { policyChecks } from '@interleave/policy/testing'
import { createImage, type ContentPart, type Image } from '@interleave/trajectory'
import { runChecks } from '@interleave/trajectory/testing'
import * as fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { embeddedPolicy } from './embedded-policy.ts'
import { makeScene, type Scene } from './scene/make-scene.ts'

const template = byteTemplate()
const policy = embeddedPolicy()
const zoom = { name: 'image_zoom_in', description: 'Zooms in.', input: { type: 'object' } }
let scene: Scene

function render(content: readonly ContentPart[]): number[] {
  return template.renderPrompt({ tools: [zoom], content }).flatMap((part) => part.tokens)
}

function ask(
  tokens: readonly number[],
  images: readonly Image[] = [],
  sampling: Partial<TurnSampling> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<GenerateResult> {
  const request: GenerateRequest = {
    tokens,
    images,
    sampling: { temperature: 1, maxTokens: 400, seed: 1, stopTokens: template.stopTokens, ...sampling },
    requestId: 'r',
    sessionKey: 's',
    signal,
  }
  return policy.generate(request)
}

async function picture(width: number, height: number, format: 'png' | 'jpeg' | 'webp' = 'png'): Promise<Image> {
  const bytes = await sharp({
    create: { width, height, channels: 4, background: { r: 200, g: 90, b: 10, alpha: 0.5 } },
  })
    .toFormat(format)
    .toBuffer()
  return createImage(bytes, { mime: `image/${format}`, width, height })
}

const part = ({ hash, height, mime, width }: Image): ContentPart => ({ type: 'image', hash, mime, width, height })

beforeAll(async () => {
  scene = await makeScene({ seed: 1, kind: 'shape-in-blue' })
})

describe('embeddedPolicy', () => {
  it('passes the conformance suite of policies', async () => {
    const options = {
      prompt: render(scene.task.prompt),
      images: [scene.image],
      imagePad: template.imagePad,
      stopTokens: template.stopTokens,
    }
    const results = await runChecks(policyChecks(embeddedPolicy(), options))
    expect(results.filter(({ status }) => status === 'failed')).toEqual([])
    expect(results.filter(({ status }) => status === 'passed').length).toBeGreaterThanOrEqual(13)
  })

  it('writes turns that the template reads: thinking, then a call or an answer', async () => {
    const tokens = render(scene.task.prompt)
    let calls = 0
    for (let seed = 0; seed < 60; seed += 1) {
      const reply = await ask(tokens, [scene.image], { seed })
      const turn = template.readTurn(reply.tokens)
      expect(reply.finish).toBe('stop')
      expect(turn.ended).toBe(true)
      expect(turn.segments[0]?.kind).toBe('thinking')
      calls += turn.calls.length
      if (turn.calls.length === 0)
        expect(turn.segments.find(({ kind }) => kind === 'answer')?.text).toMatch(/^\\boxed\{[A-H]\}$/)
    }
    expect(calls).toBeGreaterThan(5)
    expect(calls).toBeLessThan(40)
  })

  it('reports the prompt with so many pads as the template states', async () => {
    const [prompt] = template.renderPrompt({ tools: [], content: scene.task.prompt })
    const { effectivePrompt = [] } = await ask(render(scene.task.prompt), [scene.image], { maxTokens: 1 })
    expect(effectivePrompt.filter((id) => id === template.imagePad)).toHaveLength(
      prompt?.images[0]?.effectiveLength ?? 0,
    )
  })

  it('gives the same for the same seed and request, and another rest for another seed', async () => {
    const tokens = render(scene.task.prompt)
    const one = await ask(tokens, [scene.image], { seed: 5 })
    expect(await ask(tokens, [scene.image], { seed: 5 })).toEqual(one)
    expect(embeddedPolicy().capabilities).toEqual(policy.capabilities)
    const prefix = [...tokens, ...Buffer.from('Something stands out. I zoom into image 0.'), byteIds.thinkClose, 10, 10]
    const ends = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((seed) => ask([...prefix, byteIds.callOpen], [scene.image], { seed })),
    )
    expect(new Set(ends.map((end) => template.decode(end.tokens))).size).toBeGreaterThan(3)
  })

  it('draws the likeliest at temperature 0 and reports logprobs of temperature 1 at any', async () => {
    const tokens = render(scene.task.prompt)
    for (const temperature of [0, 0.5, 2]) {
      const reply = await ask(tokens, [scene.image], { temperature })
      const scored = await policy.scoreTokens({
        tokens: [...tokens, ...reply.tokens],
        images: [scene.image],
        start: tokens.length,
        end: tokens.length + reply.tokens.length,
      })
      expect(reply.logprobs).toEqual(scored)
    }
    const greedy = await ask(tokens, [scene.image], { temperature: 0 })
    expect(template.decode(greedy.tokens)).toContain('I can tell from the whole picture.')
  })

  it.each([
    [{ topP: 0.9 }, 'topP 0.9'],
    [{ topK: 20 }, 'topK 20'],
    [{ minP: 0.1 }, 'minP 0.1'],
    [{ presencePenalty: 1.5 }, 'presencePenalty 1.5'],
    [{ temperature: Number.NaN }, 'temperature NaN'],
  ])('refuses %o', async (sampling, name) => {
    await expect(ask(render([]), [], sampling)).rejects.toMatchObject({
      code: 'unsupported_sampling',
      boundary: 'policy',
      message: expect.stringContaining(name),
    })
  })

  it('refuses broken images and the wrong number of images', async () => {
    const broken = createImage(Buffer.from('no image'), { mime: 'image/png', width: 10, height: 10 })
    const cut = { ...scene.image, hash: 'cd'.repeat(32), bytes: scene.image.bytes.subarray(0, 20_000) }
    for (const image of [broken, cut])
      await expect(ask(render([part(image)]), [image])).rejects.toMatchObject({ code: 'image_unreadable' })
    await expect(ask(render([]), [scene.image])).rejects.toMatchObject({ code: 'image_count' })
    await expect(ask(render([part(broken)]), [])).rejects.toMatchObject({ code: 'image_count' })
  })

  it('refuses parameters of another length or that are no numbers', () => {
    expect(() => embeddedPolicy({ parameters: new Float64Array(3) })).toThrow('finite parameters; 3 numbers')
    const parameters = policy.parameters
    parameters[0] = Number.NaN
    expect(() => embeddedPolicy({ parameters })).toThrow('finite parameters')
  })

  it('takes images of any size, form and number', async () => {
    const pictures = await Promise.all([
      picture(1, 1),
      picture(3000, 2, 'jpeg'),
      picture(7, 900, 'webp'),
      picture(640, 480),
    ])
    for (const image of pictures) expect((await ask(render([part(image)]), [image])).finish).toBe('stop')
    const many = Array.from({ length: 40 }, (_, index) => pictures[index % 4] ?? scene.image)
    const tokens = render([...many.map(part), { type: 'text', text: 'Which picture is different? A. 1 B. 2' }])
    for (let seed = 0; seed < 20; seed += 1) expect((await ask(tokens, many, { seed })).finish).toBe('stop')
  })

  it.each([
    ['What is 2 + 2?', /^\d+$/],
    ['Which?\n(A) one\n(B) two\n(C) three', /^[ABC]$/],
    ['Pick one. A. left B. right', /^[AB]$/],
  ])('guesses an answer of the right form to "%s"', async (text, form) => {
    for (let seed = 0; seed < 20; seed += 1) {
      const reply = template.decode((await ask(render([{ type: 'text', text }]), [], { seed })).tokens)
      const answer = /\\boxed\{(.*)\}/.exec(reply)?.[1]
      if (answer !== undefined) expect(answer).toMatch(form)
      else expect(reply).toContain('<tool_call>')
    }
  })

  it('goes on after anything: random prompts, foreign turns, cut turns', async () => {
    const id = fc.oneof(
      fc.nat(255),
      fc.integer({ min: 256, max: 267 }),
      fc.constantFrom(...Buffer.from('assistant\nuser')),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(id, { maxLength: 80 }), fc.boolean(), fc.nat(), async (ids, headed, seed) => {
        const foreign = ids.filter((token) => token !== byteIds.imagePad)
        const tokens = headed ? [...render([{ type: 'text', text: 'Hm? A. a B. b' }]), ...foreign] : foreign
        const reply = await ask(tokens, [], { seed })
        expect(reply.finish).toBe('stop')
        expect(reply.tokens.every((token) => token >= 0 && token < byteVocabularySize)).toBe(true)
        expect(reply.logprobs?.every((logprob) => logprob <= 0 && Number.isFinite(logprob))).toBe(true)
        const half = reply.tokens.length >> 1
        const scored = await policy.scoreTokens({
          tokens: [...tokens, ...reply.tokens],
          images: [],
          start: tokens.length + half,
          end: tokens.length + reply.tokens.length,
        })
        expect(scored).toEqual(reply.logprobs?.slice(half))
      }),
      { numRuns: 400 },
    )
  })

  it('closes what foreign text left open', async () => {
    const tokens = render([{ type: 'text', text: 'What is 2 + 2?' }])
    const rest = async (...begun: (string | number)[]): Promise<string> => {
      const ids = begun.flatMap((piece) => (typeof piece === 'string' ? [...Buffer.from(piece)] : piece))
      return template.decode((await ask([...tokens, ...ids], [])).tokens)
    }
    expect(await rest('Let me see')).toMatch(/^<\/think>\n\n<(tool_call|answer)>/)
    expect(await rest('x', byteIds.thinkClose, byteIds.callOpen)).toMatch(/^\n\{"name": "/)
    expect(await rest('x', byteIds.thinkClose, byteIds.callOpen, '{"na')).toBe('</tool_call><|im_end|>')
    expect(await rest('x', byteIds.thinkClose, byteIds.answerOpen, 'four')).toBe('</answer><|im_end|>')
    expect(await rest('x', byteIds.thinkClose, byteIds.turnEnd)).toBe('<|im_end|>')
  })

  it('stops at once when aborted, and at its length', async () => {
    const aborted = await ask(render([]), [], {}, AbortSignal.abort())
    expect(aborted).toEqual({ tokens: [], logprobs: [], entropies: [], finish: 'abort' })
    const cut = await ask(render([]), [], { maxTokens: 7 })
    expect(cut.tokens).toHaveLength(7)
    expect(cut.finish).toBe('length')
  })
})
