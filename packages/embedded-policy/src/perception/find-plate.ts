import type { Rgb } from '../cues.ts'
import { bestFit, climb, compare, type Square } from './misfit.ts'
import type { Prototype, Prototypes } from './prototypes.ts'
import type { View } from './view.ts'
import { zonesGain } from './zones.ts'

// Each is at most an eighth above the one before where a pixel allows it: a plate between two is within reach of both.
const sides = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 17, 19, 21, 23, 26, 29, 32, 36, 40, 45, 50, 56, 62]
const strideShare = 0.08
const keptPerSide = 2
const kept = 5
// The size of a candidate may be amiss by a twelfth.
const firstStep = 0.08
const found = 2

interface Candidate extends Square {
  readonly gain: number
}

/**
 * The squares of a view that look most like a plate: those where one of the answers explains most of what stands out from
 * the colour around. Squares of all sizes are tried in the rough zones of an average plate, the best of them in full.
 */
export function* findPlates(view: View, { answers, average }: Prototypes, around: Rgb): Generator<Square> {
  const full = sides
    .flatMap((side) => distinct(gains(view, average, around, side), keptPerSide))
    .flatMap((square) =>
      answers.map((prototype) => {
        const { plain, plate } = compare(view, prototype, square, around)
        return { ...square, prototype, gain: plain - plate }
      }),
    )
  const nearer = distinct(full, kept).map(({ prototype, ...square }) => {
    const best = bestFit(view, prototype, square, around, { move: firstStep * square.side, grow: firstStep })
    return { ...best.square, prototype, gain: best.plain - best.plate }
  })
  for (const { prototype, ...square } of distinct(nearer, found)) yield climb(view, prototype, square, around)
}

/** The squares of one size that a plate in rough zones explains best. */
function gains(view: View, average: Prototype, around: Rgb, side: number): Candidate[] {
  const tall = Math.max(3, Math.round(side * view.stretch))
  const gainAt = zonesGain(view, average, around, { side, tall })
  const across = Math.max(1, Math.round(side * strideShare))
  const down = Math.max(1, Math.round(tall * strideShare))
  const best: Candidate[] = []
  let least = Number.NEGATIVE_INFINITY
  for (let y = 0; y + tall <= view.height; y += down)
    for (let x = 0; x + side <= view.width; x += across) {
      const gain = gainAt(x, y)
      if (gain <= least) continue
      best.push({ x, y, side, gain })
      if (best.length < 16 * keptPerSide) continue
      best.sort((one, other) => other.gain - one.gain)
      best.length = 8 * keptPerSide
      least = best.at(-1)?.gain ?? least
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
