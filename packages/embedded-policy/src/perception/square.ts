import { prototypeSide } from './prototypes.ts'

/** A square of the picture: `x`, `y` and `side` in encoder pixels; fractions are allowed. */
export interface Square {
  readonly x: number
  readonly y: number
  readonly side: number
}

/** Where the blocks along one direction begin and end in a prototype, written to `begins` and `ends`; how many there are. */
export function span(
  from: number,
  to: number,
  block: number,
  origin: number,
  step: number,
  begins: Int32Array,
  ends: Int32Array,
): number {
  let count = 0
  for (let at = from; at < to; at += block) {
    // A block that reaches just into the plate still covers its last line.
    const begin = Math.min(prototypeSide - 1, edge((at - origin) * step))
    begins[count] = begin
    ends[count] = Math.max(begin + 1, edge((Math.min(at + block, to) - origin) * step))
    count += 1
  }
  return count
}

function edge(at: number): number {
  return Math.min(prototypeSide, Math.max(0, Math.round(at)))
}
