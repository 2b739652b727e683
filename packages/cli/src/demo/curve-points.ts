import { InterleaveError } from '@interleave/trajectory'
import { curveStyles } from './curve-styles.ts'

/** One measurement of one run: what the learning curves are drawn from. */
export interface CurvePoint {
  readonly method: string
  readonly seed: number
  /** Where it stands on the horizontal axis. */
  readonly step: number
  readonly measure: string
  /** A share from 0 to 1, shown as percent. */
  readonly value: number
}

export interface CurveOptions {
  readonly title: string
  readonly subtitle: string
  /** Order and names of the lines, ten at most. */
  readonly methods: readonly string[]
  /** Order and titles of the panels. */
  readonly measures: readonly string[]
  /** Words under the horizontal axis. */
  readonly stepName: string
}

/** Throws `bad_option` with a sentence on the first thing that cannot be drawn. */
export function checkCurves(points: readonly CurvePoint[], options: CurveOptions): void {
  const wrong = wrongOptions(options) ?? wrongPoints(points, options)
  if (wrong !== undefined) throw new InterleaveError('bad_option', `drawCurves: ${wrong}.`)
}

function wrongOptions({ measures, methods, stepName, subtitle, title }: CurveOptions): string | undefined {
  const unwritable = [title, subtitle, stepName, ...methods, ...measures].find((text) => !isOneLine(text))
  if (unwritable !== undefined) return `expected one line of printable text, got ${JSON.stringify(unwritable)}`
  if (methods.length > curveStyles.length)
    return `${methods.length} methods, where ${curveStyles.length} can be told apart in one picture`
  for (const [name, list] of Object.entries({ methods, measures }))
    if (new Set(list).size < list.length) return `${name}: a name is given twice in ${JSON.stringify(list)}`
  return undefined
}

function wrongPoints(points: readonly CurvePoint[], { measures, methods }: CurveOptions): string | undefined {
  if (points.length === 0) return 'there are no points'
  const seen = new Set<string>()
  for (const point of points) {
    const { measure, method, seed, step, value } = point
    if (!methods.includes(method)) return unknown('method', method, methods)
    if (!measures.includes(measure)) return unknown('measure', measure, measures)
    if (!Number.isFinite(seed) || !Number.isFinite(step))
      return `seed and step: expected numbers, got ${seed} and ${step}`
    if (!(value >= 0 && value <= 1)) return `value: expected a share from 0 to 1, got ${value}`
    const place = JSON.stringify([method, seed, step, measure])
    if (seen.has(place)) return `method, seed, step and measure ${place} are given twice`
    seen.add(place)
  }
  const method = methods.find((name) => points.every((point) => point.method !== name))
  if (method !== undefined) return `there are no points of the method ${JSON.stringify(method)}`
  const measure = measures.find((name) => points.every((point) => point.measure !== name))
  return measure === undefined ? undefined : `there are no points of the measure ${JSON.stringify(measure)}`
}

function unknown(kind: string, name: string, known: readonly string[]): string {
  return `a point has the unknown ${kind} ${JSON.stringify(name)}; known are ${JSON.stringify(known)}`
}

// What XML cannot hold would stop the renderer, and a line break would be drawn as a blank.
function isOneLine(text: unknown): boolean {
  return typeof text === 'string' && !/[\p{Cc}\p{Cs}\u2028\u2029\uFFFE\uFFFF]/u.test(text)
}
