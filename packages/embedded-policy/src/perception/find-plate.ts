import type { Blocks } from './blocks.ts'
import { bestFits, climb, gainOf } from './misfit.ts'
import type { Prototype, Prototypes } from './prototypes.ts'
import type { Square } from './square.ts'
import type { View } from './view.ts'
import { ZoneGains } from './zones.ts'

// Each is at most an eighth above the one before where a pixel allows it: a plate between two is within reach of both.
const sides = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 17, 19, 21, 23, 26, 29, 32, 36, 40, 45, 50, 56, 62]
const strideShare = 0.08
const keptPerSide = 2
const kept = 5
// The size of a candidate may be amiss by a twelfth.
const firstStep = 0.08
const found = 2

interface Candidate {
  readonly square: Square
  readonly gain: number
}

interface Explained extends Candidate {
  readonly prototype: Prototype
}

/**
 * The squares of a view that look most like a plate: those where one of the answers explains most of what stands out from
 * the colour around. Squares of all sizes are tried in the rough zones of an average plate, the best of them in full.
 */
export function* findPlates(view: View, blocks: Blocks, { answers, average }: Prototypes): Generator<Square> {
  const zones = new ZoneGains(view, average, blocks.colour)
  const full = sides
    .flatMap((side) => distinct(gains(view, zones, side), keptPerSide))
    .flatMap(({ square }) => bestAnswer(blocks, answers, square) ?? [])
  const nearer = distinct(full, kept).flatMap(({ prototype, square }) =>
    bestFits(blocks, [prototype], square, { move: firstStep * square.side, grow: firstStep }).map((fit) => ({
      square: fit.square,
      prototype,
      gain: gainOf(fit),
    })),
  )
  for (const { prototype, square } of distinct(nearer, found)) yield climb(blocks, prototype, square)
}

/** The squares of one size that a plate in rough zones explains best. */
function gains(view: View, zones: ZoneGains, side: number): Candidate[] {
  const tall = Math.max(3, Math.round(side * view.stretch))
  const across = Math.max(1, Math.round(side * strideShare))
  const down = Math.max(1, Math.round(tall * strideShare))
  const best: Candidate[] = []
  if (side > view.width || tall > view.height) return best
  zones.resize(side, tall)
  let least = Number.NEGATIVE_INFINITY
  for (let y = 0; y + tall <= view.height; y += down) {
    const row = zones.gainsAlong(y, across)
    for (let x = 0; x + side <= view.width; x += across) {
      const gain = row[x] ?? 0
      if (gain <= least) continue
      // Kept in order, equals as they came. Sorting the full list each time costs more than all else here.
      let rank = best.length
      while (rank > 0 && (best[rank - 1]?.gain ?? gain) < gain) rank -= 1
      best.splice(rank, 0, { square: { x, y, side }, gain })
      if (best.length < 16 * keptPerSide) continue
      best.length = 8 * keptPerSide
      least = best.at(-1)?.gain ?? least
    }
  }
  return best
}

/** The answer whose plate explains most on a square: no other could be kept, its square is the same. */
function bestAnswer(blocks: Blocks, answers: readonly Prototype[], square: Square): Explained | undefined {
  blocks.lay(square)
  let best: Explained | undefined
  for (const prototype of answers) {
    const least = best?.gain ?? Number.NEGATIVE_INFINITY
    const gain = blocks.plain - blocks.misfit(prototype, least)
    if (gain > least) best = { square, prototype, gain }
  }
  return best
}

/** The best squares, no two of nearly the same place and size. */
function distinct<Each extends Candidate>(candidates: readonly Each[], count: number): Each[] {
  const chosen: Each[] = []
  for (const one of candidates.toSorted((a, b) => b.gain - a.gain)) {
    if (chosen.length === count) break
    if (!chosen.some(({ square }) => alike(one.square, square))) chosen.push(one)
  }
  return chosen
}

function alike(one: Square, other: Square): boolean {
  const near = Math.max(1, 0.15 * Math.min(one.side, other.side))
  const between = (a: number, b: number): number => Math.abs(a + one.side / 2 - b - other.side / 2)
  return between(one.x, other.x) < near && between(one.y, other.y) < near && Math.abs(one.side - other.side) < 2 * near
}
