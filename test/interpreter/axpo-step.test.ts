import { sampleStep, type StepResult } from '@interleave/axpo'
import { byteIds, byteTemplate } from '@interleave/chat-template/byte'
import { python } from '@interleave/code-interpreter'
import { findPython } from '@interleave/code-interpreter/environment'
import { connectEnvironment, defineEnvironment } from '@interleave/environment'
import { imageZoom } from '@interleave/image-zoom'
import { ingestImage } from '@interleave/image-zoom/ingest'
import { scriptedPolicy } from '@interleave/policy/scripted'
import {
  lintCredit,
  lintTrajectory,
  memoryMediaStore,
  placeSegments,
  textOf,
  type Task,
  type Trajectory,
} from '@interleave/trajectory'
import { exactMatch } from '@interleave/verifier'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'

const found = await findPython()
const missing = 'problem' in found ? found.problem : undefined
const template = byteTemplate()

// Red on white, its left edge at three quarters of the width.
const image = await ingestImage(
  await sharp({ create: { width: 400, height: 300, channels: 3, background: '#ffffff' } })
    .composite([
      { input: { create: { width: 40, height: 40, channels: 3, background: '#ff0000' } }, left: 300, top: 60 },
    ])
    .png()
    .toBuffer(),
)
const media = memoryMediaStore([image])
const { bytes: _, ...picture } = image
const task: Task = {
  id: 'square',
  prompt: [
    { type: 'image', hash: picture.hash, mime: picture.mime, width: picture.width, height: picture.height },
    { type: 'text', text: 'At which x does the red square begin?' },
  ],
  reference: '300',
}

const encode = (text: string): number[] => [...new TextEncoder().encode(text)]
const call = (name: string, input: object): number[] => [
  ...encode(JSON.stringify({ name, arguments: input })),
  byteIds.callClose,
  byteIds.turnEnd,
]
const think = [...encode('look'), byteIds.thinkClose, byteIds.callOpen]
const answer = (text: string): number[] => [
  byteIds.thinkClose,
  byteIds.answerOpen,
  ...encode(text),
  byteIds.answerClose,
  byteIds.turnEnd,
]

const zoomLeft = call('image_zoom_in', { bbox_2d: [0, 0, 500, 1000], label: 'left half' })
const readZoomed = call('python', {
  code: 'len(_pil_images), _pil_images[1].size == image_2.size, image_2.getpixel((5, 5))',
})
const crop = call('python', { code: 'part = _pil_images[0].crop((200, 0, 400, 200))\npart' })
const zoomCrop = call('image_zoom_in', { bbox_2d: [400, 200, 900, 700], label: 'square', img_idx: 1 })
const measure = call('python', {
  code: 'import numpy as np\nred = np.asarray(image_1)[:, :, 1] < 128\nint(red.any(axis=0).argmax()), part.size, len(_pil_images)',
})

/** Rollouts zoom, read the crop in Python and are wrong; continuations crop in Python, zoom into that, measure and are right. */
function reply(requestId: string): number[] {
  const turn = Number(requestId.at(-1))
  if (!requestId.includes('.c')) return [[...think, ...zoomLeft], [...think, ...readZoomed], answer('100')][turn - 1]!
  return [crop, [...think, ...zoomCrop], [...think, ...measure], answer('300')][turn - 1]!
}

async function step(): Promise<StepResult> {
  await using interpreter = python()
  await using policy = scriptedPolicy({ steps: [], otherwise: { reply: ({ requestId }) => reply(requestId) } })
  const environment = defineEnvironment({
    name: 'squares',
    version: '1',
    tools: [interpreter, imageZoom()],
    verifiers: [exactMatch()],
    limits: { turns: 4 },
  })
  const source = connectEnvironment(environment, { policy, template, media })
  return await sampleStep({ source, tasks: [task], seed: 5, step: 0, options: { rollouts: 4, budget: 1 } })
}

const outcomes = ({ segments }: Trajectory): string[] =>
  segments.flatMap(({ outcome }) => (outcome === undefined ? [] : [textOf(outcome.content)]))
const timeless = (trajectory: Trajectory): unknown => ({ ...trajectory, timing: undefined })

describe.skipIf(missing !== undefined)(
  `an AXPO step with Python and zoom${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    test('has both tools work on the same pictures, and recovers what had failed', async () => {
      const { credit, trajectories } = await step()
      const rollouts = trajectories.filter(({ branch }) => branch === undefined)
      const continuations = trajectories.filter(({ branch }) => branch !== undefined)
      expect(rollouts.map(({ reward }) => reward)).toEqual([0, 0, 0, 0])
      expect(continuations.length).toBeGreaterThan(0)
      for (const trajectory of trajectories) expect(lintTrajectory(trajectory)).toEqual([])
      expect(credit.flatMap((one, index) => lintCredit(one, trajectories[index]!))).toEqual([])

      for (const rollout of rollouts) {
        const [, read] = outcomes(rollout)
        expect(read).toBe('(2, True, (255, 255, 255))')
      }
      for (const continuation of continuations) {
        const [cropped, zoomed, measured] = outcomes(continuation)
        expect(cropped).toBe('[Image 1, image_2 in Python]')
        expect(zoomed).toContain('Image 2 is the zoomed region of image 1')
        expect(measured).toBe('(300, (200, 200), 3)')
        const [, part, square] = continuation.media
        expect(square?.parent?.hash).toBe(part?.hash)
        expect(continuation.reward).toBe(1)
      }
      const [source] = rollouts
      const at = placeSegments(source!.segments).find(({ segment }) => segment.tag === 'call-open')!.end
      expect(continuations.map(({ branch }) => branch?.at)).toEqual(continuations.map(() => at))
    })

    test('gives the same bytes again', async () => {
      const [first, second] = [await step(), await step()]
      expect(JSON.stringify(second.trajectories.map(timeless))).toBe(JSON.stringify(first.trajectories.map(timeless)))
      expect(second.credit).toEqual(first.credit)
    })
  },
)
