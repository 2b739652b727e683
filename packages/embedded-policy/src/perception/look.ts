import { channels, peakResponses } from './responses.ts'
import type { View } from './view.ts'

const shifts = [
  { name: 'here', dx: 0, dy: 0 },
  { name: 'left', dx: -1, dy: 0 },
  { name: 'above', dx: 0, dy: -1 },
] as const

/** Names of the features of a patch: what stands out in it, in the patch to its left, and in the one above. */
export const lookFeatures: readonly string[] = shifts.flatMap(({ name }) =>
  channels.map((channel) => `${channel}-${name}`),
)

/** Below this contrast, in grey levels, nothing stands out. */
const faint = 6

/**
 * What stands out where: rows of `lookFeatures`, one for each patch of the view in reading order. Each feature is the
 * strongest response within the patch as a share of the strongest in the picture, 0 to 1.
 */
export function look(view: View): Float64Array {
  const { columns, rows } = view
  const depth = channels.length
  const peaks = peakResponses(view)
  const features = new Float64Array(columns * rows * lookFeatures.length)
  const scales = new Float64Array(depth).fill(faint)
  peaks.forEach((peak, at) => (scales[at % depth] = Math.max(scales[at % depth] ?? 0, peak)))
  for (let patch = 0; patch < columns * rows; patch += 1)
    shifts.forEach(({ dx, dy }, shift) => {
      const [column, row] = [(patch % columns) + dx, Math.floor(patch / columns) + dy]
      if (column < 0 || row < 0) return
      for (let channel = 0; channel < depth; channel += 1) {
        const seen = peaks[(row * columns + column) * depth + channel] ?? 0
        features[patch * lookFeatures.length + shift * depth + channel] = seen * (1 / (scales[channel] ?? faint))
      }
    })
  return features
}
