import type { Box } from '@interleave/trajectory'
import { channels, rawInput, type Pixels } from './pixels.ts'
import { sharp, type Sharp } from './vips.ts'

interface Size {
  readonly width: number
  readonly height: number
}

/** Whether a region is made no larger in either direction. */
export function isReduction(box: Box, { height, width }: Size): boolean {
  const [left, top, right, bottom] = box as [number, number, number, number]
  return width <= right - left && height <= bottom - top
}

/**
 * A region at a smaller size, bicubic, yet to be encoded: the pixels that `resizePixels` would give, in one pass over memory
 * that is not copied first.
 */
export function reducedRegion(pixels: Pixels, box: Box, { height, width }: Size): Sharp {
  const [left, top, right, bottom] = box as [number, number, number, number]
  const stride = pixels.width * channels
  const rows = pixels.data.subarray(top * stride, bottom * stride)
  const region = sharp(rows, rawInput({ width: pixels.width, height: bottom - top })).extract({
    left,
    top: 0,
    width: right - left,
    height: bottom - top,
  })
  return width === right - left && height === bottom - top
    ? region
    : region.resize(width, height, { fit: 'fill', kernel: 'cubic' })
}
