import { fontSizes, ink, wrapText } from './curve-text.ts'

/** The px left of a panel for the labels of its vertical axis. */
export const labelExtent = 46

const axisStyle = {
  labelFontSize: fontSizes.axisLabel,
  labelColor: ink.plain,
  titleFontSize: fontSizes.axisTitle,
  titleFontWeight: 'normal',
  titleColor: ink.plain,
}

/** The vertical axis of shares. */
export const shareAxis = {
  ...axisStyle,
  title: null,
  format: '.0%',
  tickCount: 5,
  domain: false,
  ticks: false,
  gridColor: ink.grid,
  labelPadding: 8,
  minExtent: labelExtent,
  maxExtent: labelExtent,
}

/** The horizontal axis of a panel that is `width` px wide; no fractions between whole steps. */
export function stepAxis(name: string, width: number, wholeSteps: boolean): object {
  return {
    ...axisStyle,
    title: name === '' ? null : wrapText(name, fontSizes.axisTitle, width),
    titlePadding: 8,
    grid: false,
    tickCount: 7,
    labelFlush: false,
    domainColor: ink.axis,
    tickColor: ink.axis,
    ...(wholeSteps && { tickMinStep: 1 }),
  }
}

/** The tens of percent around some shares: two at least, so that noise does not fill a panel. */
export function shareDomain(values: readonly number[]): [low: number, high: number] {
  const [least, most] = extent(values)
  const floor = Math.floor(least * 10)
  const high = Math.max(Math.ceil(most * 10), Math.min(10, floor + 2))
  return [Math.min(floor, high - 2) / 10, high / 10]
}

/** The least and the most of some numbers. */
export function extent(values: readonly number[]): [least: number, most: number] {
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  )
}
