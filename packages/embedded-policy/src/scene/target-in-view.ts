import type { Media, Trajectory } from '@interleave/trajectory'
import { z } from 'zod'

// Encoder pixels along the side of a plate from which it can be read, more or less; below, an answer is a guess.
const readableSide = 4
const seenSide = 64

type Corners = [left: number, top: number, right: number, bottom: number]

const metadataSchema = z.object({ target: z.tuple([z.number(), z.number(), z.number(), z.number()]) })

/**
 * Whether a rollout on a scene was shown the plate that answers it: the whole plate within one image, large enough there to
 * be read by a policy that sees 64 pixels along an image's longer side. What it answered besides is luck. False for a
 * trajectory whose task is no scene.
 */
export function targetInView({ media, segments, task }: Trajectory): boolean {
  const parsed = metadataSchema.safeParse(task.metadata)
  if (!parsed.success) return false
  const { target } = parsed.data
  const shown = new Set(segments.flatMap(({ images = [] }) => images.map(({ hash }) => hash)))
  const known = new Map(media.map((entry) => [entry.hash, entry]))
  const first = task.prompt.find((part) => part.type === 'image')?.hash
  return media.some(({ hash }) => {
    const box = shown.has(hash) ? boxInPicture(hash, known, first) : undefined
    if (box === undefined) return false
    const [left, top, right, bottom] = box
    const whole = left <= target[0] && top <= target[1] && target[2] <= right && target[3] <= bottom
    const scale = seenSide / Math.max(right - left, bottom - top)
    return whole && (target[2] - target[0]) * scale >= readableSide
  })
}

/** Which part of the picture an image shows, or undefined where that is not known. */
function boxInPicture(
  hash: string,
  known: ReadonlyMap<string, Media>,
  picture: string | undefined,
  depth = 0,
): Corners | undefined {
  const entry = known.get(hash)
  // A file may claim anything, such as an image that is a part of itself.
  if (entry === undefined || depth > known.size) return undefined
  if (hash === picture) return [0, 0, entry.width, entry.height]
  if (entry.parent === undefined) return undefined
  const parent = known.get(entry.parent.hash)
  const outer = boxInPicture(entry.parent.hash, known, picture, depth + 1)
  if (parent === undefined || outer === undefined) return undefined
  const [x1, y1, x2, y2] = entry.parent.box as Corners
  const [scaleX, scaleY] = [(outer[2] - outer[0]) / parent.width, (outer[3] - outer[1]) / parent.height]
  return [outer[0] + x1 * scaleX, outer[1] + y1 * scaleY, outer[0] + x2 * scaleX, outer[1] + y2 * scaleY]
}
