import { checkCurves, type CurveOptions, type CurvePoint } from './curve-points.ts'
import { curveSpec } from './curve-spec.ts'
import { renderPng } from './render-png.ts'

export type { CurveOptions, CurvePoint } from './curve-points.ts'

/**
 * Learning curves as a PNG, 900 px wide at double density. A panel a measure, two to a row, each with its own vertical axis; a
 * line a method, which is the mean over the seeds measured at a step, in a band of one standard error of that mean (none
 * where there is one seed), before a pale line a seed. The same points in any order give the same bytes. Latin, Greek and
 * Cyrillic text. Throws `bad_option` where there is nothing to draw, a point names what `options` does not, a name has no
 * points, or a value is no share.
 */
export async function drawCurves(points: readonly CurvePoint[], options: CurveOptions): Promise<Uint8Array> {
  checkCurves(points, options)
  return renderPng(curveSpec(points, options))
}
