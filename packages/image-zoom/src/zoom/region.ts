import type { Box } from '@interleave/trajectory'
import type { ZoomProfile } from './profile.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

/** Pixels: what is smaller is empty, and keeps the arithmetic of sizes away from its limits. */
const tiny = 1e-3

type Corners = [left: number, top: number, right: number, bottom: number]

/** A region of an image: the pixels it touches, and its size before it was rounded outwards to them. */
export interface Region extends Size {
  readonly box: Box
}

/**
 * A region that was written in relative coordinates: clamped to the image, and grown about its centre where a side is
 * short. Undefined where next to nothing of it lies within the image.
 *
 * As Qwen-Agent's `maybe_resize_bbox`, down to its rule that the grown region counts only if both of its sides come out
 * longer than the minimum; Pillow rounds the edges there, here they are rounded outwards.
 */
export function toRegion(
  written: Readonly<Corners>,
  image: Size,
  profile: Pick<ZoomProfile, 'scale' | 'minSide'>,
): Region | undefined {
  const [x1, y1, x2, y2] = written
  // Multiplied first: 290/1000 of 100 pixels is 29, not 28.999.
  const clamped: Corners = [
    Math.max(0, (x1 * image.width) / profile.scale),
    Math.max(0, (y1 * image.height) / profile.scale),
    Math.min(image.width, (x2 * image.width) / profile.scale),
    Math.min(image.height, (y2 * image.height) / profile.scale),
  ]
  if (!(clamped[2] - clamped[0] >= tiny && clamped[3] - clamped[1] >= tiny)) return undefined
  const [left, top, right, bottom] = grow(clamped, image, profile.minSide) ?? clamped
  return {
    box: [Math.floor(left), Math.floor(top), Math.ceil(right), Math.ceil(bottom)],
    width: right - left,
    height: bottom - top,
  }
}

function grow([left, top, right, bottom]: Corners, image: Size, minSide: number): Corners | undefined {
  const width = right - left
  const height = bottom - top
  const shorter = Math.min(width, height)
  if (shorter >= minSide) return undefined
  const halfWidth = Math.ceil((width * minSide) / shorter / 2)
  const halfHeight = Math.ceil((height * minSide) / shorter / 2)
  const centreX = (left + right) / 2
  const centreY = (top + bottom) / 2
  const grown: Corners = [
    Math.max(0, Math.floor(centreX - halfWidth)),
    Math.max(0, Math.floor(centreY - halfHeight)),
    Math.min(image.width, Math.ceil(centreX + halfWidth)),
    Math.min(image.height, Math.ceil(centreY + halfHeight)),
  ]
  return grown[2] - grown[0] > minSide && grown[3] - grown[1] > minSide ? grown : undefined
}

/**
 * The size that a model's processor gives an image: both sides multiples of the factor, the area within bounds, the aspect
 * kept as far as that allows. As `smart_resize` of qwen-vl-utils, but that no rounding up goes over the limit.
 */
export function smartResize(size: Size, profile: Pick<ZoomProfile, 'factor' | 'minPixels' | 'maxPixels'>): Size {
  const { factor, maxPixels, minPixels } = profile
  const fit = (round: (ratio: number) => number, scale: number): Size => ({
    width: Math.max(factor, round((size.width * scale) / factor) * factor),
    height: Math.max(factor, round((size.height * scale) / factor) * factor),
  })
  const nearest = fit(roundHalfEven, 1)
  const area = nearest.width * nearest.height
  if (area > maxPixels) return atMost(fit(Math.floor, 1 / Math.sqrt((size.width * size.height) / maxPixels)), profile)
  if (area < minPixels) return atMost(fit(Math.ceil, Math.sqrt(minPixels / (size.width * size.height))), profile)
  return nearest
}

// A narrow range of pixels, or sides of one factor already: then the longer side gives way.
function atMost(size: Size, { factor, maxPixels }: Pick<ZoomProfile, 'factor' | 'maxPixels'>): Size {
  const { height, width } = size
  if (width * height <= maxPixels) return size
  const shorter = Math.max(factor, Math.floor(Math.min(width, height, Math.sqrt(maxPixels)) / factor) * factor)
  const longer = Math.max(factor, Math.floor(maxPixels / shorter / factor) * factor)
  return width < height ? { width: shorter, height: longer } : { width: longer, height: shorter }
}

/** Rounds as Python does: a half goes to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}
