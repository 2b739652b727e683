import { cues } from '../cues.ts'
import { families, type GlyphFamily } from '../glyphs.ts'
import type { Kind } from '../kinds.ts'
import { drawPlate, plainFrame } from '../plate.ts'
import { AreaSums } from './area-sums.ts'

/** Pixels along one side of a prototype. */
export const prototypeSide = 40

/** How the plate of one answer looks from near: sums of red, green and blue. */
export type Prototype = AreaSums

/** The prototypes of a kind's answers, in their order, and the mean of them all. */
export interface Prototypes {
  readonly answers: readonly Prototype[]
  readonly average: Prototype
}

const known = new Map<Kind, Prototypes>()

/** How the plates of a kind look. Made once. */
export function prototypesOf(kind: Kind): Prototypes {
  const made = known.get(kind)
  if (made !== undefined) return made
  const family: GlyphFamily = families[kind.family]
  const frame = kind.placement === 'frame' ? cues[kind.cue] : plainFrame
  const drawn = family.glyphs.map((glyph) => drawPlate(glyph, frame, prototypeSide, 2))
  const sums = (pixels: ArrayLike<number>): Prototype => new AreaSums(pixels, prototypeSide, prototypeSide)
  const average = Float32Array.from(
    { length: prototypeSide ** 2 * 3 },
    (_, at) => drawn.reduce((sum, pixels) => sum + (pixels[at] ?? 0), 0) / drawn.length,
  )
  const prototypes = { answers: drawn.map(sums), average: sums(average) }
  known.set(kind, prototypes)
  return prototypes
}
