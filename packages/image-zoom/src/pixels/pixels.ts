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
  const rowBytes = width * channels
  for (let y = top; y < bottom; y += 1) {
    const start = (y * pixels.width + left) * channels
    const row = data.subarray((y - top + margin) * rowBytes).subarray(0, rowBytes)
    row.set(pixels.data.subarray(start, start + (right - left) * channels), margin * channels)
    const last = rowBytes - (margin + 1) * channels
    for (let x = 0; x < margin; x += 1) {
      row.copyWithin(x * channels, margin * channels, (margin + 1) * channels)
      row.copyWithin(rowBytes - (x + 1) * channels, last, last + channels)
    }
  }
  for (let y = 0; y < margin; y += 1) {
    data.copyWithin(y * rowBytes, margin * rowBytes, (margin + 1) * rowBytes)
    data.copyWithin((height - 1 - y) * rowBytes, (height - 1 - margin) * rowBytes, (height - margin) * rowBytes)
  }
  return { data, width, height }
}
