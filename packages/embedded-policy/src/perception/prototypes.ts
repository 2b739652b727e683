import { cues } from '../cues.ts'
import { families, type GlyphFamily } from '../glyphs.ts'
import type { Kind } from '../kinds.ts'
import { drawPlate, plainFrame } from '../plate.ts'
import { AreaSums } from './area-sums.ts'

/** Pixels along one side of a prototype. */
export const prototypeSide = 40

/** How the plate of one answer looks from near: area sums for red, green and blue. */
export type Prototype = readonly AreaSums[]

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
  const sums = (value: (at: number) => number): Prototype =>
    [0, 1, 2].map((plane) => {
      const map = Float32Array.from({ length: prototypeSide ** 2 }, (_, at) => value(at * 3 + plane))
      return new AreaSums(map, prototypeSide, prototypeSide)
    })
  const prototypes = {
    answers: drawn.map((pixels) => sums((at) => pixels[at] ?? 0)),
    average: sums((at) => drawn.reduce((sum, pixels) => sum + (pixels[at] ?? 0), 0) / drawn.length),
  }
  known.set(kind, prototypes)
  return prototypes
}
