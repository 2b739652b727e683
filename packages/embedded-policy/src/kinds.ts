import type { Cue } from './cues.ts'
import { families, type Family } from './glyphs.ts'

/** Where the plate is, seen from the thing in the cue's colour: it is that plate's frame, or a diamond beside it. */
export type Placement = 'frame' | 'right' | 'below'

/** A kind of question: what to look for, where the plate is from there, and what to read from it. */
export interface Kind {
  readonly name: string
  /** The sentence by which the question is recognised. */
  readonly stem: string
  readonly cue: Cue
  readonly placement: Placement
  readonly family: Family
}

const where: Record<Placement, (cue: Cue) => string> = {
  frame: (cue) => `the plate with the ${cue} frame`,
  right: (cue) => `the plate to the right of the ${cue} diamond`,
  below: (cue) => `the plate below the ${cue} diamond`,
}

const what: Record<Family, (place: string) => string> = {
  colour: (place) => `What colour is the disc on ${place}?`,
  shape: (place) => `Which shape is on ${place}?`,
  notch: (place) => `Which side of the disc on ${place} is notched?`,
  dots: (place) => `How many dots are on ${place}?`,
}

function kind(family: Family, placement: Placement, cue: Cue): Kind {
  const preposition = placement === 'frame' ? 'in' : placement
  return { name: `${family}-${preposition}-${cue}`, stem: what[family](where[placement](cue)), cue, placement, family }
}

/** The kinds of question that scenes are drawn for. Each has its own cue, place and attribute. */
export const kinds: readonly Kind[] = [
  kind('colour', 'frame', 'orange'),
  kind('shape', 'frame', 'blue'),
  kind('notch', 'frame', 'magenta'),
  kind('dots', 'frame', 'green'),
  kind('colour', 'right', 'violet'),
  kind('shape', 'below', 'crimson'),
  kind('notch', 'right', 'teal'),
  kind('dots', 'below', 'lime'),
]

/** The possible answers to a kind of question. */
export function answersOf({ family }: Kind): readonly string[] {
  return families[family].answers
}
