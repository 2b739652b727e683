import { cueNames, cues } from '../cues.ts'
import { patchSide, summed, type SummedView, type View } from './view.ts'

/** Names of what a patch can show: each cue's colour, and darkness. */
export const channels: readonly string[] = [...cueNames, 'dark']

const surround = 3

// Directions in RGB, one after the other: a cue's colour with its grey taken out, and minus grey.
const directions = Float64Array.from([
  ...Object.values(cues).flatMap((rgb) => {
    const grey = (rgb[0] + rgb[1] + rgb[2]) / 3
    const length = Math.hypot(rgb[0] - grey, rgb[1] - grey, rgb[2] - grey)
    return [(rgb[0] - grey) / length, (rgb[1] - grey) / length, (rgb[2] - grey) / length]
  }),
  ...[-1, -1, -1].map((grey) => grey / Math.sqrt(3)),
])

/**
 * How much the pixel that does so most stands out from its surroundings, in grey levels, never below zero: a row of
 * `channels` for each patch in reading order.
 */
export function peakResponses(view: View): Float32Array {
  const { columns, rows, width } = view
  const contrast = contrasts(summed(view))
  const depth = channels.length
  const peaks = new Float32Array(columns * rows * depth)
  // Every pixel is held against every direction: the loops are flat.
  for (let pixel = 0; pixel < contrast.length / 3; pixel += 1) {
    const row = Math.floor(pixel / width)
    const column = pixel - row * width
    const patch = Math.floor(row / patchSide) * columns + Math.floor(column / patchSide)
    const red = contrast[pixel * 3] ?? 0
    const green = contrast[pixel * 3 + 1] ?? 0
    const blue = contrast[pixel * 3 + 2] ?? 0
    for (let channel = 0; channel < depth; channel += 1) {
      const at = channel * 3
      const response =
        (directions[at] ?? 0) * red + (directions[at + 1] ?? 0) * green + (directions[at + 2] ?? 0) * blue
      if (response > (peaks[patch * depth + channel] ?? 0)) peaks[patch * depth + channel] = response
    }
  }
  return peaks
}

/** Each pixel's difference from the mean of its surroundings, in grey levels: red, green and blue. */
function contrasts({ height, pixels, sums, width }: SummedView): Float32Array {
  const { stride, table } = sums
  const contrast = new Float32Array(pixels.length)
  for (let y = 0; y < height; y += 1) {
    const top = Math.max(0, y - surround)
    const bottom = Math.min(height, y + surround + 1)
    for (let x = 0; x < width; x += 1) {
      const left = Math.max(0, x - surround)
      const right = Math.min(width, x + surround + 1)
      const area = (right - left) * (bottom - top)
      for (let plane = 0; plane < 3; plane += 1) {
        const above = top * stride + plane
        const below = bottom * stride + plane
        const far = (table[below + right * 3] ?? 0) - (table[above + right * 3] ?? 0)
        const near = (table[below + left * 3] ?? 0) - (table[above + left * 3] ?? 0)
        const at = (y * width + x) * 3 + plane
        contrast[at] = (pixels[at] ?? 0) - (far - near) / area
      }
    }
  }
  return contrast
}
