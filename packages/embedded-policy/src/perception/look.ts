import { channels, contrasts, responses } from './responses.ts'
import { patchSide, type View } from './view.ts'

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
  const width = lookFeatures.length
  const features = new Float64Array(columns * rows * width)
  responses(contrasts(view)).forEach((map, channel) => {
    const peaks = patchPeaks(map, view)
    const scale = 1 / Math.max(faint, ...peaks)
    for (let patch = 0; patch < peaks.length; patch += 1) {
      const [column, row] = [patch % columns, Math.floor(patch / columns)]
      shifts.forEach(({ dx, dy }, shift) => {
        if (column + dx < 0 || row + dy < 0) return
        const seen = peaks[(row + dy) * columns + column + dx] ?? 0
        features[patch * width + shift * channels.length + channel] = seen * scale
      })
    }
  })
  return features
}

function patchPeaks(map: Float32Array, { columns, rows, width }: View): Float64Array {
  const peaks = new Float64Array(columns * rows)
  for (let at = 0; at < map.length; at += 1) {
    const patch = Math.floor(Math.floor(at / width) / patchSide) * columns + Math.floor((at % width) / patchSide)
    peaks[patch] = Math.max(peaks[patch] ?? 0, map[at] ?? 0)
  }
  return peaks
}
