import { fontSizes, ink, textWidth } from './curve-text.ts'

/** How the line of a method is drawn. */
export interface CurveStyle {
  readonly colour: string
  /** Lengths of dash and gap in px; [1, 0] is a solid line. */
  readonly dash: readonly [number, number]
}

// The stroke before a name, and the gaps.
const symbolWidth = 50
const solid = [1, 0] as const
// Ten hues cannot all be told apart by every eye, so that the later five differ in their dash as well.
const dashed = [7, 3] as const

/** A style per method, in the order of use. Colours after Okabe and Ito, and Paul Tol's muted scheme. */
export const curveStyles: readonly CurveStyle[] = [
  { colour: '#0072b2', dash: solid },
  { colour: '#d55e00', dash: solid },
  { colour: '#cc79a7', dash: solid },
  { colour: '#333333', dash: solid },
  { colour: '#009e73', dash: solid },
  { colour: '#e69f00', dash: dashed },
  { colour: '#56b4e9', dash: dashed },
  { colour: '#332288', dash: dashed },
  { colour: '#882255', dash: dashed },
  { colour: '#999933', dash: dashed },
]

/** The scale that gives each method its colour or its dash. */
export function styleScale(methods: readonly string[], channel: keyof CurveStyle): object {
  return { domain: methods, range: curveStyles.slice(0, methods.length).map((style) => style[channel]) }
}

/** The one legend, above the panels, in as many columns as fit a width in px. */
export function styleLegend(methods: readonly string[], width: number): object {
  const widest = Math.max(...methods.map((name) => textWidth(name, fontSizes.legend)))
  return {
    title: null,
    orient: 'top',
    direction: 'horizontal',
    columns: Math.max(1, Math.min(methods.length, Math.floor(width / (widest + symbolWidth)))),
    symbolType: 'stroke',
    symbolSize: 700,
    symbolStrokeWidth: 3,
    symbolOpacity: 1,
    labelFontSize: fontSizes.legend,
    labelColor: ink.strong,
    labelLimit: width - symbolWidth,
    columnPadding: 20,
    rowPadding: 6,
    offset: 20,
  }
}
