import type { Rgb } from './cues.ts'
import type { Glyph } from './glyphs.ts'

/** The frame of a plate, as a share of its side. */
const frameShare = 0.13
/** The frame of a plate that is found by what stands beside it. */
export const plainFrame: Rgb = [25, 25, 25]
const paper: Rgb = [248, 248, 244]

/** The colour of a plate at a point of the unit square: a frame, paper, and the glyph on it. */
function plateColour(glyph: Glyph, frame: Rgb, x: number, y: number): Rgb {
  const inner = 1 - 2 * frameShare
  const u = (x - frameShare) / inner
  const v = (y - frameShare) / inner
  if (u < 0 || u >= 1 || v < 0 || v >= 1) return frame
  return glyph(u, v) ?? paper
}

/** A plate of `size` pixels as RGB bytes, each pixel the mean of `samples` x `samples` points. */
export function drawPlate(glyph: Glyph, frame: Rgb, size: number, samples: number): Uint8Array {
  const pixels = new Uint8Array(size * size * 3)
  const step = 1 / (size * samples)
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1) {
      const sum = [0, 0, 0]
      for (let point = 0; point < samples * samples; point += 1) {
        const x = (column * samples + (point % samples) + 0.5) * step
        const y = (row * samples + Math.floor(point / samples) + 0.5) * step
        plateColour(glyph, frame, x, y).forEach((value, channel) => {
          sum[channel] = (sum[channel] ?? 0) + value
        })
      }
      sum.forEach((value, channel) => {
        pixels[(row * size + column) * 3 + channel] = Math.round(value / (samples * samples))
      })
    }
  return pixels
}
