import type { Rgb } from '../cues.ts'
import type { AreaSums } from './area-sums.ts'
import { bestFit, compare, type Square } from './misfit.ts'
import type { Prototype } from './prototypes.ts'
import type { View } from './view.ts'

/** A square that may be a plate, and the colour around it. */
export interface FoundPlate extends Square {
  readonly around: Rgb
}

const sides = [4, 5, 6, 7, 9, 11, 14, 18, 23, 29, 37, 47]
const keptPerSide = 4
const refined = 4
const search = { offsets: [-1, -0.5, 0, 0.5, 1], scales: [0.85, 0.95, 1.05, 1.15] }

interface Candidate extends Square {
  readonly contrast: number
}

/**
 * The squares of a view that look most like a plate, given how plates look on average: those where a plate explains most
 * of what stands out from the colour around. Squares of strong contrast are tried at each size, the best in finer steps.
 */
export function findPlates(view: View, contrast: AreaSums, average: Prototype): FoundPlate[] {
  return sides
    .flatMap((side) => strongest(view, contrast, side))
    .map((square) => {
      const around = colourAround(view, square)
      const { plain, plate } = compare(view, average, square, around)
      return { square, around, gain: plain - plate }
    })
    .toSorted((one, other) => other.gain - one.gain)
    .slice(0, refined)
    .map(({ around, square }) => ({ around, ...bestFit(view, average, square, around, search).square }))
}

function strongest(view: View, contrast: AreaSums, side: number): Candidate[] {
  const best: Candidate[] = []
  for (let y = 0; y + side <= view.height; y += 1)
    for (let x = 0; x + side <= view.width; x += 1) {
      const value = contrast.sum(x, y, x + side, y + side)
      if (best.length === keptPerSide && value <= (best[keptPerSide - 1]?.contrast ?? 0)) continue
      // One candidate for each place: neighbours of a stronger square add nothing.
      const near = best.findIndex((other) => Math.abs(other.x - x) < 2 && Math.abs(other.y - y) < 2)
      if (near >= 0) {
        if ((best[near]?.contrast ?? 0) >= value) continue
        best.splice(near, 1)
      }
      const at = best.findIndex((other) => other.contrast < value)
      best.splice(at < 0 ? best.length : at, 0, { x, y, side, contrast: value })
      if (best.length > keptPerSide) best.pop()
    }
  return best
}

function colourAround(view: View, { side, x, y }: Square): Rgb {
  const sum: [number, number, number] = [0, 0, 0]
  let count = 0
  for (let row = Math.max(0, y - 1); row < Math.min(view.height, y + side + 1); row += 1)
    for (let column = Math.max(0, x - 1); column < Math.min(view.width, x + side + 1); column += 1) {
      if (row >= y && row < y + side && column >= x && column < x + side) continue
      const at = (row * view.width + column) * 3
      sum[0] += view.pixels[at] ?? 0
      sum[1] += view.pixels[at + 1] ?? 0
      sum[2] += view.pixels[at + 2] ?? 0
      count += 1
    }
  return count === 0 ? [128, 128, 128] : [sum[0] / count, sum[1] / count, sum[2] / count]
}
