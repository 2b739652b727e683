import { createImage, deriveSeed, type Box, type Image, type Task, seededRandom } from '@interleave/trajectory'
import sharp, { type OverlayOptions } from 'sharp'
import { cueNames, cues, type Cue } from '../cues.ts'
import { families } from '../glyphs.ts'
import { answersOf, kinds, type Kind } from '../kinds.ts'
import { drawPlate, plainFrame } from '../plate.ts'
import { drawBackground } from './background.ts'
import { drawClutter } from './clutter.ts'
import { placeMarks, type MarkPlace } from './place-marks.ts'

const decoyCount = 6
/** Pixels. */
export const sceneDefaults = { width: 2048, height: 1536, mark: 30 } as const

interface Size {
  readonly width: number
  readonly height: number
}

export interface SceneOptions {
  readonly seed: number
  /** One of `kinds`, by name. */
  readonly kind: string
  /** Pixels. Default 2048. */
  readonly width?: number
  /** Pixels. Default 1536. */
  readonly height?: number
  /**
   * Side of a plate in pixels. Default 30. In a picture of the default size a framed plate can mostly be read without
   * zooming from about 200; one beside a diamond cannot at any size, as without a zoom the plates cannot be told apart.
   */
  readonly mark?: number
  /** Side of the other plates in pixels. Default: as `mark`. */
  readonly decoys?: number
}

/** A picture with a question about something small in it. `target` and `kind` in the task's metadata are for diagnosis. */
export interface Scene {
  readonly task: Task
  readonly image: Image
}

/**
 * A visual-search task: a large picture full of clutter, one small plate that answers the question, and six more that do
 * not, their cues in other colours. Eight lettered options; the reference is the letter. The same options give the same
 * bytes with the same version of sharp.
 */
export async function makeScene(options: SceneOptions): Promise<Scene> {
  const kind = kinds.find(({ name }) => name === options.kind)
  if (kind === undefined)
    throw new RangeError(`There is no kind "${options.kind}". Use one of: ${kinds.map(({ name }) => name).join(', ')}.`)
  const { width = sceneDefaults.width, height = sceneDefaults.height, mark = sceneDefaults.mark } = options
  const { decoys = mark } = options
  const random = seededRandom(
    deriveSeed(options.seed, 'scene', `${kind.name} ${width} ${height} ${mark}${decoys === mark ? '' : ` ${decoys}`}`),
  )
  const answers = answersOf(kind)
  const pick = (): number => Math.floor(random() * answers.length)
  const places = placeMarks(random, { width, height }, kind.placement, decoyCount + 1)
  const otherCues = shuffled(
    random,
    cueNames.filter((cue) => cue !== kind.cue),
  )
  const target = pick()
  // The first place is the one that is asked for.
  const overlays = places.flatMap((place, index) => {
    const [cue, answer] = index === 0 ? [kind.cue, target] : [otherCues[index - 1] ?? kind.cue, pick()]
    return drawMark(kind, place, cue, answer, index === 0 ? mark : decoys, { width, height })
  })
  const background = await drawBackground(random, width, height)
  const clutter = Buffer.from(drawClutter(random, width, height))
  const bytes = await sharp(background, { raw: { width, height, channels: 3 } })
    .composite([{ input: clutter }, ...overlays])
    .jpeg({ quality: 90 })
    .toBuffer()
  const image = createImage(bytes, { mime: 'image/jpeg', width, height })
  const shown = shuffled(random, answers)
  const lines = shown.map((answer, index) => `${letter(index)}. ${answer}`)
  const { hash, mime } = image
  const task: Task = {
    id: `scene-${kind.name}-${options.seed}`,
    prompt: [
      { type: 'image', hash, mime, width, height },
      { type: 'text', text: `${kind.stem}\n${lines.join('\n')}\nGive the letter.` },
    ],
    reference: letter(shown.indexOf(answers[target] ?? '')),
    metadata: {
      kind: kind.name,
      target: boxAround(places[0]?.plate ?? [0, 0], mark, { width, height }),
      answer: answers[target] ?? '',
    },
  }
  return { task, image }
}

function drawMark(kind: Kind, place: MarkPlace, cue: Cue, answer: number, side: number, size: Size): OverlayOptions[] {
  const glyph = families[kind.family].glyphs[answer]
  if (glyph === undefined) return []
  const [left = 0, top = 0] = boxAround(place.plate, side, size)
  const input = Buffer.from(
    drawPlate(glyph, place.diamond === undefined ? cues[cue] : plainFrame, side, samplesOf(side)),
  )
  const plate: OverlayOptions = { input, raw: { width: side, height: side, channels: 3 }, left, top }
  if (place.diamond === undefined) return [plate]
  const [x = 0, y = 0] = boxAround(place.diamond, side, size)
  const half = side / 2
  const path = `M${half} 0L${side} ${half}L${half} ${side}L0 ${half}Z`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><path d="${path}" fill="rgb(${cues[cue].join()})"/></svg>`
  return [plate, { input: Buffer.from(svg), left: x, top: y }]
}

/** Points along a pixel that its colour is the mean of: a large plate has its detail in more pixels. */
function samplesOf(side: number): number {
  return Math.max(2, Math.min(6, Math.round(180 / side)))
}

function boxAround([x, y]: readonly [number, number], side: number, { height, width }: Size): Box {
  const left = Math.min(Math.max(0, Math.round(x - side / 2)), width - side)
  const top = Math.min(Math.max(0, Math.round(y - side / 2)), height - side)
  return [left, top, left + side, top + side]
}

function letter(index: number): string {
  return String.fromCharCode(65 + index)
}

function shuffled<Item>(random: () => number, items: readonly Item[]): Item[] {
  const order = items.map((item) => ({ item, key: random() }))
  return order.toSorted((one, other) => one.key - other.key).map(({ item }) => item)
}
