import type { Rgb } from '../cues.ts'
import { prototypeSide, type Prototype } from './prototypes.ts'
import type { View } from './view.ts'

/** A square in encoder pixels; fractions are allowed. */
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

// Pixels along a side that suffice: larger squares are sampled.
const enough = 9

/**
 * Lays a prototype over a square, averaged to the encoder's pixels, and compares it with what is seen there. Only pixels
 * that lie wholly on the square count.
 */
export function compare(view: View, prototype: Prototype, { side, x: left, y: top }: Square, plain: Rgb): Comparison {
  const [x1, y1] = [Math.max(0, Math.ceil(left)), Math.max(0, Math.ceil(top))]
  const [x2, y2] = [Math.min(view.width, Math.floor(left + side)), Math.min(view.height, Math.floor(top + side))]
  const step = prototypeSide / side
  const stride = Math.max(1, Math.floor(side / enough))
  let plateError = 0
  let plainError = 0
  let pixels = 0
  for (let y = y1; y < y2; y += stride) {
    const v1 = edge((y - top) * step)
    const v2 = Math.max(v1 + 1, edge((y + 1 - top) * step))
    for (let x = x1; x < x2; x += stride) {
      const u1 = edge((x - left) * step)
      const u2 = Math.max(u1 + 1, edge((x + 1 - left) * step))
      const at = (y * view.width + x) * 3
      pixels += 1
      for (let plane = 0; plane < 3; plane += 1) {
        const value = view.pixels[at + plane] ?? 0
        const expected = (prototype[plane]?.sum(u1, v1, u2, v2) ?? 0) / ((u2 - u1) * (v2 - v1))
        plateError += (expected - value) ** 2
        plainError += ((plain[plane] ?? 0) - value) ** 2
      }
    }
  }
  const weight = stride * stride
  return { plate: plateError * weight, plain: plainError * weight, pixels: pixels * weight }
}

/** The place and size near a square at which a prototype explains most of what stands out from the plain colour. */
export function bestFit(
  view: View,
  prototype: Prototype,
  { side, x, y }: Square,
  plain: Rgb,
  search: { readonly offsets: readonly number[]; readonly scales: readonly number[] },
): Comparison & { readonly square: Square } {
  let best = { square: { side, x, y }, ...compare(view, prototype, { side, x, y }, plain) }
  for (const scale of search.scales) {
    const margin = (side - side * scale) / 2
    for (const dx of search.offsets)
      for (const dy of search.offsets) {
        const square = { x: x + dx + margin, y: y + dy + margin, side: side * scale }
        const found = compare(view, prototype, square, plain)
        if (found.plain - found.plate > best.plain - best.plate) best = { square, ...found }
      }
  }
  return best
}

function edge(at: number): number {
  return Math.min(prototypeSide, Math.max(0, Math.round(at)))
}
