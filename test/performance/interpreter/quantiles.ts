/** The middle of some times, and what all but the slowest hundredth stay below. */
export interface Quantiles {
  readonly p50: number
  readonly p99: number
}

export function quantiles(times: readonly number[]): Quantiles {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}
