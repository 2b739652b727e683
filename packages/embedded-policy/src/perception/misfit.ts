import type { Blocks } from './blocks.ts'
import type { Prototype } from './prototypes.ts'
import type { Square } from './square.ts'

/** How a plate fits a square: summed squared differences of what is seen, in grey levels, from it and from plain colour. */
export interface Fit {
  readonly square: Square
  readonly plate: number
  readonly plain: number
  readonly pixels: number
}

interface Search {
  readonly move: number
  readonly grow: number
}

/** By how much a plate explains what is seen better than plain colour does. */
export function gainOf({ plain, plate }: Fit): number {
  return plain - plate
}

/** For each of several prototypes, the place and size near a square at which it explains most. */
export function bestFits(blocks: Blocks, prototypes: readonly Prototype[], square: Square, search: Search): Fit[] {
  const fits = prototypes.map((): Fit => ({ square, plate: Number.POSITIVE_INFINITY, plain: 0, pixels: 0 }))
  for (const near of neighbours(square, search, blocks.stretch)) {
    blocks.lay(near)
    const { pixels, plain } = blocks
    fits.forEach((best, index) => {
      const prototype = prototypes[index]
      if (prototype === undefined) return
      const gain = gainOf(best)
      const plate = blocks.misfit(prototype, gain)
      if (plain - plate > gain) fits[index] = { square: near, plate, plain, pixels }
    })
  }
  return fits
}

const one = [-1, 0, 1]

/** A square, those `move` pixels away, and those larger and smaller by a share, about the middle, a side or a corner. */
function neighbours(square: Square, { grow, move }: Search, stretch: number): Square[] {
  const { side, x, y } = square
  const squares = [square]
  for (const size of one) {
    const scaled = side * (1 + size * grow)
    const margin = (side - scaled) / 2
    const step = size === 0 ? move : Math.abs(margin)
    for (const across of one)
      for (const down of one) {
        if (size === 0 && across === 0 && down === 0) continue
        squares.push({ x: x + across * step + margin, y: y + (down * step + margin) * stretch, side: scaled })
      }
  }
  return squares
}

const firstClimb = 0.06
const lastClimb = 0.015
const mostClimbs = 8

/** The square to which a given one leads by ever smaller steps: where a prototype explains most. */
export function climb(blocks: Blocks, prototype: Prototype, from: Square): Square {
  let square = from
  let share = firstClimb
  for (let step = 0; step < mostClimbs && share >= lastClimb; step += 1) {
    const [best] = bestFits(blocks, [prototype], square, { move: share * square.side, grow: share })
    if (best === undefined) break
    if (best.square === square) share /= 2
    square = best.square
  }
  return square
}
