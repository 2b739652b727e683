import { byteTemplate } from '@interleave/chat-template/byte'
import { createImage, deriveSeed, type Image, type ToolOutcome } from '@interleave/trajectory'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { embeddedPolicy } from './embedded-policy.ts'
import type { Scene } from './scene/make-scene.ts'
import { sceneTasks } from './scene/scene-tasks.ts'

const template = byteTemplate()
const policy = embeddedPolicy()
const questions = 56
const rollouts = 8
const turns = 3

/** Pixels of an image, decoded once for all crops from it. */
interface Picture {
  readonly image: Image
  readonly raw: Buffer
}

interface Outcome {
  readonly calls: number
  readonly invalid: number
  readonly correct: boolean
}

// The zoom tool belongs to another package; this is what a test needs of it.
async function crop(pictures: readonly Picture[], input: unknown): Promise<Picture | undefined> {
  const { bbox_2d: box, img_idx: index } = input as { bbox_2d?: number[]; img_idx?: number }
  const from = pictures[index ?? 0]
  if (box === undefined || from === undefined) return undefined
  const { width, height } = from.image
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = box
  if (x1 >= x2 || y1 >= y2) return undefined
  const left = Math.floor((x1 * width) / 1000)
  const top = Math.floor((y1 * height) / 1000)
  const size = { width: Math.ceil((x2 * width) / 1000) - left, height: Math.ceil((y2 * height) / 1000) - top }
  const cut = sharp(from.raw, { raw: { width, height, channels: 3 } }).extract({ left, top, ...size })
  const [raw, bytes] = await Promise.all([
    cut.clone().raw().toBuffer(),
    cut.clone().png({ compressionLevel: 1 }).toBuffer(),
  ])
  return { raw, image: createImage(bytes, { mime: 'image/png', ...size }) }
}

async function play({ task }: Scene, whole: Picture, seed: number): Promise<Outcome> {
  const tools = [{ name: 'image_zoom_in', description: 'Zooms in.', input: { type: 'object' } }]
  const tokens = template.renderPrompt({ tools, content: task.prompt }).flatMap((part) => part.tokens)
  const pictures = [whole]
  let [calls, invalid] = [0, 0]
  for (let turn = 1; turn <= turns; turn += 1) {
    const reply = await policy.generate({
      tokens,
      images: pictures.map(({ image }) => image),
      sampling: {
        temperature: 1,
        maxTokens: 400,
        seed: deriveSeed(seed, 'turn', turn),
        stopTokens: template.stopTokens,
      },
      requestId: '',
      sessionKey: '',
      signal: new AbortController().signal,
    })
    const read = template.readTurn(reply.tokens)
    const [call] = read.calls
    if (call === undefined)
      return { calls, invalid, correct: template.decode(reply.tokens).includes(`boxed{${task.reference as string}}`) }
    calls += 1
    const found =
      call.tool === 'image_zoom_in' && call.problem === undefined ? await crop(pictures, call.input) : undefined
    const outcome: ToolOutcome = { callId: 'c', tool: 'image_zoom_in', index: 0, status: 'ok', content: [] }
    if (found === undefined) {
      invalid += 1
      outcome.content.push({ type: 'text', text: 'The call is not valid.' })
    } else {
      pictures.push(found)
      const { hash, height, mime, width } = found.image
      outcome.content.push({ type: 'image', hash, mime, width, height })
    }
    tokens.push(...reply.tokens, ...template.renderObservations([outcome], read).flatMap((part) => part.tokens))
  }
  return { calls, invalid, correct: false }
}

it('starts near the rates of the paper: tool use, all-wrong subgroups, invalid calls, direct answers', async () => {
  const all: Outcome[] = []
  let [toolGroups, allWrong] = [0, 0]
  for await (const scene of sceneTasks({ seed: 101, count: questions })) {
    const raw = await sharp(scene.image.bytes).raw().toBuffer()
    const group: Outcome[] = []
    for (let index = 0; index < rollouts; index += 1)
      group.push(await play(scene, { image: scene.image, raw }, deriveSeed(101, scene.task.id, index)))
    const using = group.filter(({ calls }) => calls > 0)
    if (using.length > 0) toolGroups += 1
    if (using.length > 0 && !using.some(({ correct }) => correct)) allWrong += 1
    all.push(...group)
  }
  const using = all.filter(({ calls }) => calls > 0)
  const direct = all.filter(({ calls }) => calls === 0)
  const share = (some: readonly Outcome[]): number => some.filter(({ correct }) => correct).length / some.length
  const calls = using.reduce((sum, outcome) => sum + outcome.calls, 0)
  const invalid = using.reduce((sum, outcome) => sum + outcome.invalid, 0)
  // About 30 %, 40 % and 10-20 %; the margins are more than four standard errors.
  expect(using.length / all.length).toBeGreaterThan(0.2)
  expect(using.length / all.length).toBeLessThan(0.42)
  expect(allWrong / toolGroups).toBeGreaterThan(0.15)
  expect(allWrong / toolGroups).toBeLessThan(0.68)
  expect(invalid / calls).toBeGreaterThan(0.06)
  expect(invalid / calls).toBeLessThan(0.27)
  // One of eight is chance.
  expect(share(direct)).toBeLessThan(0.22)
  expect(share(using)).toBeGreaterThan(share(direct))
}, 120_000)
