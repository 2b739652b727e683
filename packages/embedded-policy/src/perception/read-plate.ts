import type { Kind } from '../kinds.ts'
import { Blocks } from './blocks.ts'
import { findPlates } from './find-plate.ts'
import { bestFits, type Fit } from './misfit.ts'
import { prototypesOf } from './prototypes.ts'
import { edgeColour, summed, type View } from './view.ts'

/** What a view says about a kind's question. */
export interface Reading {
  /** For each answer of the kind, how well it fits what is seen: at most 1, on average 0. */
  readonly match: Float64Array
  /** How clearly a plate of the kind is seen, 0 (not at all) to 1. */
  readonly clarity: number
}

// Answers differ a little in where they fit best: the steps in place, in pixels and as a share of the side, and in size.
const steps = { least: 0.4, share: 0.02, grow: 0.04 }
// Few pixels fit anything: below the first side nothing is clear, above the second size does not matter.
const leastSide = 3.4
const clearSide = 6
const leastFit = 0.72
const clearFit = 0.92
// Grey levels of the darkest channel: of plates that can be read none is darker at its brightest, and half of all views are.
const leastPaper = 155
// Mean squared noise of the encoder's pixels, in grey levels: errors below it mean nothing.
const noise = 60

/**
 * Reads the plate that is seen best. Each answer's prototype is laid over the squares that look like plates, averaged to
 * the encoder's pixels, and compared: analysis by synthesis. A plate of few pixels gives matches that differ little.
 */
export function readPlate(view: View, kind: Kind): Reading {
  const prototypes = prototypesOf(kind)
  const unread = { match: new Float64Array(prototypes.answers.length), clarity: 0 }
  if (!seesPaper(view)) return unread
  const sums = summed(view)
  const blocks = new Blocks(sums, edgeColour(sums))
  for (const found of findPlates(view, blocks, prototypes)) {
    const search = { move: Math.max(steps.least, steps.share * found.side), grow: steps.grow }
    const fits = bestFits(blocks, prototypes.answers, found, search)
    const fit = Math.max(...fits.map(({ plain, plate }) => 1 - plate / plain))
    if (!(fit >= leastFit)) continue
    return { match: matches(fits), clarity: ramp(fit, leastFit, clearFit) * ramp(found.side, leastSide, clearSide) }
  }
  return unread
}

/** Whether any pixel is as bright as a plate's paper may still be where other things mix in. */
function seesPaper({ pixels }: View): boolean {
  for (let at = 0; at < pixels.length; at += 3)
    if (Math.min(pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0) >= leastPaper) return true
  return false
}

function ramp(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)))
}

function matches(fits: readonly Fit[]): Float64Array {
  const errors = fits.map(({ pixels, plate }) => plate / (3 * pixels))
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length
  return Float64Array.from(errors, (error) => (mean - error) / (mean + noise))
}
