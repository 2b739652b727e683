import type { Rgb } from '../cues.ts'
import { prototypeSide, type Prototype } from './prototypes.ts'
import type { View } from './view.ts'

/** A square of the picture: `x`, `y` and `side` in encoder pixels; fractions are allowed. */
export interface Square {
  readonly x: number
  readonly y: number
  readonly side: number
}

/** Summed squared differences, in grey levels, of what is seen on a square from a plate and from one plain colour. */
export interface Comparison {
  readonly plate: number
  readonly plain: number
  readonly pixels: number
}

// Blocks along a side that suffice: on larger squares each is the mean of several pixels.
const enough = 8

/**
 * Lays a prototype over a square, averaged to the encoder's pixels, and compares it with what is seen there. At the
 * square's edges the plain colour mixes in by area; many pixels are compared in blocks.
 */
export function compare(view: View, prototype: Prototype, square: Square, plain: Rgb): Comparison {
  const { side, x: left, y: top } = square
  const { x2: right, y2: bottom } = squareEdges(view, square)
  const [x1, y1] = [Math.max(0, Math.floor(left)), Math.max(0, Math.floor(top))]
  const [x2, y2] = [Math.min(view.width, Math.ceil(right)), Math.min(view.height, Math.ceil(bottom))]
  const step = prototypeSide / side
  const stepDown = step / view.stretch
  const stride = Math.max(1, Math.floor(side / enough))
  let plateError = 0
  let plainError = 0
  let pixels = 0
  for (let y = y1; y < y2; y += stride) {
    const tall = Math.min(stride, y2 - y)
    const v1 = edge((y - top) * stepDown)
    const v2 = Math.max(v1 + 1, edge((y + tall - top) * stepDown))
    const down = Math.min(y + tall, bottom) - Math.max(y, top)
    for (let x = x1; x < x2; x += stride) {
      const wide = Math.min(stride, x2 - x)
      const area = wide * tall
      const u1 = edge((x - left) * step)
      const u2 = Math.max(u1 + 1, edge((x + wide - left) * step))
      const covered = (down * (Math.min(x + wide, right) - Math.max(x, left))) / area
      const share = covered / ((u2 - u1) * (v2 - v1))
      pixels += area
      for (let plane = 0; plane < 3; plane += 1) {
        const value =
          stride === 1
            ? (view.pixels[(y * view.width + x) * 3 + plane] ?? 0)
            : (view.planes[plane]?.sum(x, y, x + wide, y + tall) ?? 0) / area
        const beyond = plain[plane] ?? 0
        const expected = (prototype[plane]?.sum(u1, v1, u2, v2) ?? 0) * share + beyond * (1 - covered)
        plateError += area * (expected - value) ** 2
        plainError += area * (beyond - value) ** 2
      }
    }
  }
  return { plate: plateError, plain: plainError, pixels }
}

/** Where a square of the picture lies in the view, whose pixels need not be square. */
function squareEdges({ stretch }: View, { side, x, y }: Square): { x1: number; y1: number; x2: number; y2: number } {
  return { x1: x, y1: y, x2: x + side, y2: y + side * stretch }
}

const one = [-1, 0, 1]

/**
 * The place and size at which a prototype explains most: of a square, those `move` pixels away, and those larger and smaller
 * by the share `grow`, about the middle or from a side or corner that stays.
 */
export function bestFit(
  view: View,
  prototype: Prototype,
  { side, x, y }: Square,
  plain: Rgb,
  { grow, move }: { readonly move: number; readonly grow: number },
): Comparison & { readonly square: Square } {
  let best = { square: { side, x, y }, ...compare(view, prototype, { side, x, y }, plain) }
  for (const size of one) {
    const scaled = side * (1 + size * grow)
    const margin = (side - scaled) / 2
    const step = size === 0 ? move : Math.abs(margin)
    for (const across of one)
      for (const down of one) {
        if (size === 0 && across === 0 && down === 0) continue
        const square = { x: x + across * step + margin, y: y + (down * step + margin) * view.stretch, side: scaled }
        const found = compare(view, prototype, square, plain)
        if (found.plain - found.plate > best.plain - best.plate) best = { square, ...found }
      }
  }
  return best
}

const firstClimb = 0.06
const lastClimb = 0.015
const mostClimbs = 8

/** The square to which a given one leads by ever smaller steps: where a prototype explains most. */
export function climb(view: View, prototype: Prototype, from: Square, plain: Rgb): Square {
  let square = from
  let share = firstClimb
  for (let step = 0; step < mostClimbs && share >= lastClimb; step += 1) {
    const best = bestFit(view, prototype, square, plain, { move: share * square.side, grow: share })
    if (best.square.x === square.x && best.square.y === square.y && best.square.side === square.side) share /= 2
    square = best.square
  }
  return square
}

function edge(at: number): number {
  return Math.min(prototypeSide, Math.max(0, Math.round(at)))
}
