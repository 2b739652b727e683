import { cueNames, cues } from '../cues.ts'
import { AreaSums } from './area-sums.ts'
import type { View } from './view.ts'

/** Names of the response maps: one for each cue's colour, and one for darkness. */
export const channels: readonly string[] = [...cueNames, 'dark']

const surround = 3

// Directions in RGB: a cue's colour with its grey taken out, and minus grey.
const directions: readonly (readonly [number, number, number])[] = [
  ...Object.values(cues).map((rgb) => {
    const grey = (rgb[0] + rgb[1] + rgb[2]) / 3
    const length = Math.hypot(rgb[0] - grey, rgb[1] - grey, rgb[2] - grey)
    return [(rgb[0] - grey) / length, (rgb[1] - grey) / length, (rgb[2] - grey) / length] as const
  }),
  [-1 / Math.sqrt(3), -1 / Math.sqrt(3), -1 / Math.sqrt(3)],
]

/** Each pixel's difference from the mean of its surroundings, in grey levels: a map for red, green and blue. */
export function contrasts(view: View): Float32Array[] {
  const { height, pixels, width } = view
  return [0, 1, 2].map((plane) => {
    const map = new Float32Array(width * height)
    for (let at = 0; at < map.length; at += 1) map[at] = pixels[at * 3 + plane] ?? 0
    const sums = new AreaSums(map, width, height)
    const contrast = new Float32Array(width * height)
    for (let y = 0; y < height; y += 1) {
      const [top, bottom] = [Math.max(0, y - surround), Math.min(height, y + surround + 1)]
      for (let x = 0; x < width; x += 1) {
        const [left, right] = [Math.max(0, x - surround), Math.min(width, x + surround + 1)]
        const mean = sums.sum(left, top, right, bottom) / ((right - left) * (bottom - top))
        contrast[y * width + x] = (map[y * width + x] ?? 0) - mean
      }
    }
    return contrast
  })
}

/** How much each pixel stands out towards each channel's colour, never below zero. */
export function responses(contrast: readonly Float32Array[]): Float32Array[] {
  const [red, green, blue] = contrast
  return directions.map(([r, g, b]) =>
    Float32Array.from({ length: red?.length ?? 0 }, (_, at) =>
      Math.max(0, r * (red?.[at] ?? 0) + g * (green?.[at] ?? 0) + b * (blue?.[at] ?? 0)),
    ),
  )
}
