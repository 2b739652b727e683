import type { CurvePoint } from './curve-points.ts'

/** The seeds of one method at one step. */
export interface CurveMean {
  readonly method: string
  readonly step: number
  readonly mean: number
  /** One standard error of the mean below and above it; null where there is one seed. */
  readonly low: number | null
  readonly high: number | null
}

/** Points by method in the order given, then by seed and step: the order in which they came does not matter. */
export function sortPoints(points: readonly CurvePoint[], methods: readonly string[]): CurvePoint[] {
  return points.toSorted(
    (a, b) => methods.indexOf(a.method) - methods.indexOf(b.method) || a.seed - b.seed || a.step - b.step,
  )
}

/** Mean and standard error over the seeds that were measured at a step, by method and step, for one measure's points. */
export function meansOf(points: readonly CurvePoint[], methods: readonly string[]): CurveMean[] {
  return methods.flatMap((method) => {
    const steps = Map.groupBy(
      points.filter((point) => point.method === method),
      ({ step }) => step,
    )
    return [...steps]
      .toSorted(([a], [b]) => a - b)
      .map(([step, seeds]) => ({ method, step, ...meanAndError(seeds.map(({ value }) => value)) }))
  })
}

function meanAndError(values: readonly number[]): Pick<CurveMean, 'mean' | 'low' | 'high'> {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  if (count === 1) return { mean, low: null, high: null }
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  const error = Math.sqrt(variance / count)
  return { mean, low: mean - error, high: mean + error }
}
