import type { Rgb } from '../cues.ts'
import { climb, compare, squareEdges, type Square } from './misfit.ts'
import type { Prototype, Prototypes } from './prototypes.ts'
import type { View } from './view.ts'
import { ringAround, ringMean } from './ring.ts'
import { zonesOf, zonesGain } from './zones.ts'

/** A square that may be a plate, and the colour around it. */
export interface FoundPlate extends Square {
  readonly around: Rgb
}

// Each is at most an eighth above the one before where a pixel allows it: a plate between two is within reach of both.
const sides = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 17, 19, 21, 23, 26, 29, 32, 36, 40, 45, 50, 56, 62]
const strideShare = 0.08
const keptPerSide = +(process.env.S ?? 3)
const kept = +(process.env.K ?? 4)
const found = 2

interface Candidate extends Square {
  readonly gain: number
}

/**
 * The squares of a view that look most like a plate: those where one of the answers explains most of what stands out from
 * the colour around. Squares of all sizes are tried in the rough zones of an average plate, the best of them in full.
 */
export function findPlates(view: View, { answers, average }: Prototypes): FoundPlate[] {
  const full = sides
    .flatMap((side) => distinct(gains(view, average, side), keptPerSide))
    .flatMap((square) => {
      const around = colourAround(view, square)
      return answers.map((prototype) => {
        const { plain, plate } = compare(view, prototype, square, around)
        return { ...square, around, prototype, gain: plain - plate }
      })
    })
  const climbed = distinct(full, kept).map((square) => climb(view, square.prototype, square, square.around))
  return distinct(climbed, found).map((square) => ({ ...square, around: colourAround(view, square) }))
}

/** The squares of one size that a plate explains better than the colour around. */
function gains(view: View, average: Prototype, side: number): Candidate[] {
  const tall = Math.max(3, Math.round(side * view.stretch))
  const zones = zonesOf(average, side, tall)
  const across = Math.max(1, Math.round(side * strideShare))
  const down = Math.max(1, Math.round(tall * strideShare))
  const best: Candidate[] = []
  let least = 0
  for (let y = 0; y + tall <= view.height; y += down)
    for (let x = 0; x + side <= view.width; x += across) {
      const gain = zonesGain(view, zones, x, y)
      if (gain <= least) continue
      best.push({ x, y, side, gain })
      if (best.length < keptPerSide * 16) continue
      best.sort((one, other) => other.gain - one.gain)
      best.length = keptPerSide * 8
      least = best.at(-1)?.gain ?? 0
    }
  return best
}

/** The best squares, no two of nearly the same place and size. */
function distinct<Each extends Candidate>(candidates: readonly Each[], count: number): Each[] {
  const chosen: Each[] = []
  for (const one of candidates.toSorted((a, b) => b.gain - a.gain)) {
    if (chosen.length === count) break
    if (!chosen.some((other) => alike(one, other))) chosen.push(one)
  }
  return chosen
}

function alike(one: Square, other: Square): boolean {
  const near = Math.max(1, 0.15 * Math.min(one.side, other.side))
  const between = (a: number, b: number): number => Math.abs(a + one.side / 2 - b - other.side / 2)
  return between(one.x, other.x) < near && between(one.y, other.y) < near && Math.abs(one.side - other.side) < 2 * near
}

/** Mean colour of a ring a little way off, which is beyond the plate even where the square is somewhat amiss. */
function colourAround(view: View, square: Square): Rgb {
  const edges = squareEdges(view, square)
  const [left, top] = [Math.floor(edges.x1), Math.floor(edges.y1)]
  const size = { side: Math.ceil(edges.x2) - left, tall: Math.ceil(edges.y2) - top }
  const ring = ringAround(view, size, left, top)
  return [ringMean(view.planes[0], ring), ringMean(view.planes[1], ring), ringMean(view.planes[2], ring)]
}
