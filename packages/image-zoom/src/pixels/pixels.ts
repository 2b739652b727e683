import type { Box } from '@interleave/trajectory'

/** Decoded pixels: rows of 8-bit red, green, blue. */
export interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

export const channels = 3

/** What sharp must be told to read them. */
export function rawInput({ height, width }: Pick<Pixels, 'width' | 'height'>): {
  raw: { width: number; height: number; channels: typeof channels }
} {
  return { raw: { width, height, channels } }
}

/** A copy of a region, with `margin` further pixels on each side that repeat its edge. */
export function cropPixels(pixels: Pixels, box: Box, margin = 0): Pixels {
  const [left, top, right, bottom] = box as [number, number, number, number]
  const width = right - left + 2 * margin
  const height = bottom - top + 2 * margin
  const data = new Uint8Array(width * height * channels)
  const stride = pixels.width * channels
  const rowBytes = width * channels
  const copied = (right - left) * channels
  // Counted in bytes, with one view a row: this runs on the thread that every rollout shares.
  let from = top * stride + left * channels
  let to = margin * (rowBytes + channels)
  for (let y = top; y < bottom; y += 1, from += stride, to += rowBytes)
    data.set(pixels.data.subarray(from, from + copied), to)
  if (margin > 0) repeatEdges({ data, width, height }, margin)
  return { data, width, height }
}

/** Fills the margin of pixels with the edge of what it surrounds. */
function repeatEdges({ data, height, width }: Pixels, margin: number): void {
  const rowBytes = width * channels
  for (let y = margin; y < height - margin; y += 1) {
    const first = y * rowBytes
    const last = first + rowBytes - (margin + 1) * channels
    for (let x = 0; x < margin; x += 1) {
      data.copyWithin(first + x * channels, first + margin * channels, first + (margin + 1) * channels)
      data.copyWithin(last + (x + 1) * channels, last, last + channels)
    }
  }
  for (let y = 0; y < margin; y += 1) {
    data.copyWithin(y * rowBytes, margin * rowBytes, (margin + 1) * rowBytes)
    data.copyWithin((height - 1 - y) * rowBytes, (height - 1 - margin) * rowBytes, (height - margin) * rowBytes)
  }
}
