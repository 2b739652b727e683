import type { TopLevelSpec } from 'vega-lite'
import { extent, labelExtent, shareAxis, shareDomain, stepAxis } from './curve-axes.ts'
import { meansOf, sortPoints, type CurveMean } from './curve-means.ts'
import type { CurveOptions, CurvePoint } from './curve-points.ts'
import { styleLegend, styleScale } from './curve-styles.ts'
import { fontSizes, ink, wrapText } from './curve-text.ts'

const padding = 14
const innerWidth = 900 - 2 * padding
const panelHeight = 190
const columnGap = 16
// Half of a label at the right end of the horizontal axis.
const labelOverhang = 12
// More dots than this along a line run into each other.
const mostDots = 25

/**
 * The learning curves as a Vega-Lite specification, for points that `checkCurves` let pass. Text of the caller stands only
 * in data, domains and titles, which Vega never evaluates.
 */
export function curveSpec(points: readonly CurvePoint[], options: CurveOptions): TopLevelSpec {
  const { measures, methods, stepName, subtitle, title } = options
  const columns = Math.min(2, measures.length)
  const width = Math.floor((innerWidth - (columns - 1) * columnGap) / columns) - labelExtent - labelOverhang
  const sorted = sortPoints(points, methods)
  const steps = sorted.map(({ step }) => step)
  const x = { field: 'step', type: 'quantitative', scale: { domain: extent(steps), nice: false } }
  const panels = measures.map((measure, index) => {
    // The name of the axis stands only where no panel is below.
    const name = index + columns >= measures.length ? stepName : ''
    return {
      title: { text: wrapText(measure, fontSizes.panel, width), fontSize: fontSizes.panel, offset: 10 },
      width,
      height: panelHeight,
      ...lines(
        sorted.filter((point) => point.measure === measure),
        methods,
        { ...x, axis: stepAxis(name, width, steps.every(Number.isInteger)) },
      ),
    }
  })
  const spec = {
    background: 'white',
    padding,
    title: {
      text: wrapText(title, fontSizes.title, innerWidth),
      ...(subtitle !== '' && { subtitle: wrapText(subtitle, fontSizes.subtitle, innerWidth) }),
      fontSize: fontSizes.title,
      lineHeight: fontSizes.title * 1.25,
      subtitleFontSize: fontSizes.subtitle,
      subtitleLineHeight: fontSizes.subtitle * 1.35,
    },
    columns,
    spacing: { row: 30, column: columnGap },
    concat: panels,
    config: {
      font: 'DejaVu Sans',
      view: { stroke: null },
      title: { anchor: 'start', color: ink.strong, subtitleColor: ink.plain, subtitlePadding: 8, offset: 14 },
      legend: { layout: { top: { anchor: 'start', frame: 'bounds' } } },
    },
  }
  return spec as unknown as TopLevelSpec
}

/** The layers of one panel, from the back to the front. */
function lines(points: readonly CurvePoint[], methods: readonly string[], x: object): object {
  const means = meansOf(points, methods)
  // Copies, because Vega marks the rows that it is given.
  const seeds = points.map(({ method, seed, step, value }) => ({ method, seed, step, value }))
  const legend = styleLegend(methods, innerWidth)
  const color = { field: 'method', type: 'nominal', scale: styleScale(methods, 'colour'), legend }
  const strokeDash = { field: 'method', type: 'nominal', scale: styleScale(methods, 'dash'), legend }
  const scale = { domain: shareDomain(points.map(({ value }) => value)), nice: false, zero: false }
  const share = (field: string): object => ({ field, type: 'quantitative', scale, axis: shareAxis })
  return {
    encoding: { x, color },
    layer: [
      {
        data: { values: seeds },
        mark: { type: 'line', strokeWidth: 1, opacity: 0.28 },
        encoding: { y: share('value'), detail: { field: 'seed', type: 'nominal' } },
      },
      {
        data: { values: means },
        mark: { type: 'area', opacity: 0.18 },
        encoding: { y: share('low'), y2: { field: 'high' } },
      },
      {
        data: { values: means },
        mark: { type: 'line', strokeWidth: 2.5 },
        encoding: { y: share('mean'), strokeDash },
      },
      {
        data: { values: dotsOf(means, methods) },
        mark: { type: 'point', filled: true, size: 36, opacity: 1 },
        encoding: { y: share('mean') },
      },
    ],
  }
}

function dotsOf(means: readonly CurveMean[], methods: readonly string[]): CurveMean[] {
  return methods.flatMap((name) => {
    const line = means.filter(({ method }) => method === name)
    return line.length > mostDots ? [] : line
  })
}
