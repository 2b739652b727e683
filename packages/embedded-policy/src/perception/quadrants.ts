import { lookFeatures } from './look.ts'
import type { View } from './view.ts'

/** The quadrant, 0 to 3, in which the middle of a patch lies. */
export function quadrantOf(patch: number, { columns, rows }: { columns: number; rows: number }): number {
  const right = ((patch % columns) + 0.5) / columns >= 0.5 ? 1 : 0
  const bottom = (Math.floor(patch / columns) + 0.5) / rows >= 0.5 ? 2 : 0
  return right + bottom
}

/** What stands out most in each quadrant: rows of `lookFeatures`. */
export function quadrantPeaks(patches: Float64Array, grid: View): Float64Array {
  const width = lookFeatures.length
  const peaks = new Float64Array(4 * width)
  for (let patch = 0; patch < grid.columns * grid.rows; patch += 1) {
    const quadrant = quadrantOf(patch, grid)
    for (let feature = 0; feature < width; feature += 1) {
      const at = quadrant * width + feature
      peaks[at] = Math.max(peaks[at] ?? 0, patches[patch * width + feature] ?? 0)
    }
  }
  return peaks
}
