/** The ways one choice can be worded, as sequences of ids in lexical order. No sequence begins another, different one. */
export interface Wording {
  readonly sequences: readonly Uint16Array[]
  /** For each sequence in this order, which option it words. */
  readonly option: Uint16Array
}

/** Pieces of a wording: text stands for its bytes, a number for that id. */
export type Piece = string | number

/** Puts options, given by their pieces, in lexical order of their ids. Options worded alike are kept apart. */
export function wording(options: readonly (readonly Piece[])[]): Wording {
  const sequences = options.map((pieces) =>
    Uint16Array.from(pieces.flatMap((piece) => (typeof piece === 'number' ? [piece] : [...Buffer.from(piece)]))),
  )
  const option = Uint16Array.from(sequences.keys()).toSorted((one, other) =>
    compare(sequences[one] ?? new Uint16Array(), sequences[other] ?? new Uint16Array()),
  )
  return { sequences: Array.from(option, (index) => sequences[index] ?? new Uint16Array()), option }
}

function compare(one: Uint16Array, other: Uint16Array): number {
  const shared = Math.min(one.length, other.length)
  for (let at = 0; at < shared; at += 1) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0)
    if (difference !== 0) return difference
  }
  return one.length - other.length
}
