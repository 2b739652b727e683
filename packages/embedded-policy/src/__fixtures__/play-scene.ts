import { byteTemplate } from '@interleave/chat-template/byte'
import type { Policy } from '@interleave/policy'
import {
  createImage,
  deriveSeed,
  logicalLength,
  logicalTokens,
  mediaOf,
  turnRecords,
  type Image,
  type Segment,
  type ToolOutcome,
  type Trajectory,
} from '@interleave/trajectory'
import { exampleTrajectory } from '@interleave/trajectory/testing'
import sharp from 'sharp'
import type { Scene } from '../scene/make-scene.ts'

const template = byteTemplate()
const tools = [{ name: 'image_zoom_in', description: 'Zooms in.', input: { type: 'object' } }]
const mostTurns = 3

/** A trajectory as an environment would record it, and its images. */
export interface Played {
  readonly trajectory: Trajectory
  readonly images: readonly Image[]
}

/** Plays a scene with a policy: up to three turns, every valid call answered by the part of the picture it asks for. */
export async function playScene(policy: Policy, { image, task }: Scene, seed: number): Promise<Played> {
  const images = [image]
  const segments: Segment[] = []
  const give = (given: ReturnType<typeof template.renderPrompt>, turn: number): void => {
    for (const { images: shown, kind, text, tokens } of given) {
      const start = logicalLength(segments)
      const pads = shown.map(({ at, effectiveLength, hash }) => ({
        hash,
        at: start + at,
        effective: { id: template.imagePad, length: effectiveLength },
      }))
      segments.push({
        kind,
        turn,
        origin: 'context',
        text,
        tokens: [...tokens],
        ...(pads.length > 0 && { images: pads }),
      })
    }
  }
  give(template.renderPrompt({ tools, content: task.prompt }), 0)
  for (let turn = 1; turn <= mostTurns; turn += 1) {
    const { logprobs = [], tokens } = await policy.generate({
      tokens: logicalTokens(segments),
      images,
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
    const read = template.readTurn(tokens)
    const [call] = read.calls
    for (const { call: which, end, kind, start, tag, text } of read.segments)
      segments.push({
        kind,
        turn,
        origin: 'policy',
        text,
        tokens: tokens.slice(start, end),
        logprobs: logprobs.slice(start, end),
        ...(tag !== undefined && { tag }),
        ...(which !== undefined && { call: { id: `call-${turn}`, tool: call?.tool ?? '', raw: call?.raw ?? '' } }),
      })
    if (call === undefined || turn === mostTurns) break
    const found =
      call.problem === undefined && call.tool === 'image_zoom_in' ? await crop(images, call.input) : undefined
    const outcome: ToolOutcome = {
      callId: `call-${turn}`,
      tool: call.tool ?? '',
      index: turn - 1,
      status: 'ok',
      content: [],
    }
    if (found === undefined) outcome.content.push({ type: 'text', text: 'The call is not valid.' })
    else {
      images.push(found)
      const { hash, height, mime, width } = found
      outcome.content.push({ type: 'image', hash, mime, width, height })
    }
    give(template.renderObservations([outcome], read), turn)
  }
  const media = [...new Map(images.map((shown) => [shown.hash, mediaOf(shown)])).values()]
  const trajectory = exampleTrajectory({
    id: `${task.id}.${seed}`,
    task,
    segments,
    turns: turnRecords(segments),
    media,
  })
  return { trajectory, images }
}

async function crop(images: readonly Image[], input: unknown): Promise<Image | undefined> {
  const { bbox_2d: box, img_idx: index } = input as { bbox_2d?: number[]; img_idx?: number }
  const from = images[index ?? 0]
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = box ?? []
  if (from === undefined || x1 >= x2 || y1 >= y2) return undefined
  const left = Math.floor((x1 * from.width) / 1000)
  const top = Math.floor((y1 * from.height) / 1000)
  const size = { width: Math.ceil((x2 * from.width) / 1000) - left, height: Math.ceil((y2 * from.height) / 1000) - top }
  const bytes = await sharp(from.bytes)
    .extract({ left, top, ...size })
    .png({ compressionLevel: 1 })
    .toBuffer()
  return createImage(bytes, { mime: 'image/png', ...size })
}
