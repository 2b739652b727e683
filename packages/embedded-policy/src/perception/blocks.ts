import type { Rgb } from '../cues.ts'
import { prototypeSide, type Prototype } from './prototypes.ts'
import { span, type Square } from './square.ts'
import type { SummedView } from './view.ts'

// Blocks along a side that suffice: on larger squares each is the mean of several pixels.
const enough = 8
// The widest row of blocks: just under two pixels a block are still one each, and one more is cut at either edge.
const mostColumns = 2 * enough + 2
// Kept of a block: what is seen and what shows of the plain colour, in red, green and blue, and two weights.
const depth = 8

/**
 * A square of a view cut into blocks, laid out once and then compared with any number of prototypes. One object serves
 * for all the squares of a view in turn. Half the time of a reading goes into its two loops: they are written flat, into
 * arrays made once, without arrays or closures inside, and corners that two blocks share are read once.
 */
export class Blocks {
  /** Summed squared difference, in grey levels, of what is seen on the square from the plain colour. */
  plain = 0
  /** Pixels that the square covers, at least in part. */
  pixels = 0
  /** The plain colour around a plate. */
  readonly colour: Rgb
  /** That of the view. */
  readonly stretch: number
  readonly #view: SummedView
  readonly #blocks: Float64Array
  #columns = 0
  #rows = 0
  // Where in a prototype the columns and rows of blocks begin and end.
  readonly #u1 = new Int32Array(mostColumns)
  readonly #u2 = new Int32Array(mostColumns)
  readonly #v1: Int32Array
  readonly #v2: Int32Array

  constructor(view: SummedView, colour: Rgb) {
    this.#view = view
    this.colour = colour
    this.stretch = view.stretch
    this.#blocks = new Float64Array(mostColumns * view.height * depth)
    this.#v1 = new Int32Array(view.height)
    this.#v2 = new Int32Array(view.height)
  }

  /** Turns to a square. At its edges the plain colour mixes in by area; many pixels are compared in blocks. */
  lay({ side, x: left, y: top }: Square): void {
    const { height, stretch, sums, width } = this.#view
    const { stride, table } = sums
    const [red, green, blue] = this.colour
    const [blocks, u1, u2, v1, v2] = [this.#blocks, this.#u1, this.#u2, this.#v1, this.#v2]
    const [right, bottom] = [left + side, top + side * stretch]
    const [x1, y1] = [Math.max(0, Math.floor(left)), Math.max(0, Math.floor(top))]
    const [x2, y2] = [Math.min(width, Math.ceil(right)), Math.min(height, Math.ceil(bottom))]
    const step = prototypeSide / side
    const block = Math.max(1, Math.floor(side / enough))
    const columns = span(x1, x2, block, left, step, u1, u2)
    const rows = span(y1, y2, block, top, step / stretch, v1, v2)
    let plain = 0
    let at = 0
    for (let row = 0; row < rows; row += 1) {
      const y = y1 + row * block
      const tall = Math.min(block, y2 - y)
      const down = Math.min(y + tall, bottom) - Math.max(y, top)
      const v = (v2[row] ?? 0) - (v1[row] ?? 0)
      let above = y * stride + x1 * 3
      let below = above + tall * stride
      let r1 = (table[below] ?? 0) - (table[above] ?? 0)
      let g1 = (table[below + 1] ?? 0) - (table[above + 1] ?? 0)
      let b1 = (table[below + 2] ?? 0) - (table[above + 2] ?? 0)
      for (let column = 0; column < columns; column += 1) {
        const x = x1 + column * block
        const wide = Math.min(block, x2 - x)
        const area = wide * tall
        const covered = (down * (Math.min(x + wide, right) - Math.max(x, left))) / area
        above += 3 * wide
        below += 3 * wide
        const r2 = (table[below] ?? 0) - (table[above] ?? 0)
        const g2 = (table[below + 1] ?? 0) - (table[above + 1] ?? 0)
        const b2 = (table[below + 2] ?? 0) - (table[above + 2] ?? 0)
        const r = (r2 - r1) / area
        const g = (g2 - g1) / area
        const b = (b2 - b1) / area
        plain += area * ((red - r) * (red - r))
        plain += area * ((green - g) * (green - g))
        plain += area * ((blue - b) * (blue - b))
        blocks[at] = r
        blocks[at + 1] = g
        blocks[at + 2] = b
        blocks[at + 3] = red * (1 - covered)
        blocks[at + 4] = green * (1 - covered)
        blocks[at + 5] = blue * (1 - covered)
        blocks[at + 6] = covered / (((u2[column] ?? 0) - (u1[column] ?? 0)) * v)
        blocks[at + 7] = area
        at += depth
        r1 = r2
        g1 = g2
        b1 = b2
      }
    }
    this.#columns = columns
    this.#rows = rows
    this.plain = plain
    this.pixels = Math.max(0, x2 - x1) * Math.max(0, y2 - y1)
  }

  /**
   * Summed squared difference, in grey levels, of what is seen on the square from a prototype averaged to its blocks. Or
   * less, where a part of that already shows that it is no better than `plain` by more than `gain`.
   */
  misfit(prototype: Prototype, gain: number): number {
    const { stride, table } = prototype
    const [blocks, u1, u2, plain] = [this.#blocks, this.#u1, this.#u2, this.plain]
    const [columns, rows] = [this.#columns, this.#rows]
    let error = 0
    let at = 0
    for (let row = 0; row < rows && plain - error > gain; row += 1) {
      const above = (this.#v1[row] ?? 0) * stride
      const below = (this.#v2[row] ?? 0) * stride
      let last = -1
      let r2 = 0
      let g2 = 0
      let b2 = 0
      for (let column = 0; column < columns; column += 1) {
        const from = (u1[column] ?? 0) * 3
        const to = (u2[column] ?? 0) * 3
        let r1 = r2
        let g1 = g2
        let b1 = b2
        if (from !== last) {
          r1 = (table[below + from] ?? 0) - (table[above + from] ?? 0)
          g1 = (table[below + from + 1] ?? 0) - (table[above + from + 1] ?? 0)
          b1 = (table[below + from + 2] ?? 0) - (table[above + from + 2] ?? 0)
        }
        r2 = (table[below + to] ?? 0) - (table[above + to] ?? 0)
        g2 = (table[below + to + 1] ?? 0) - (table[above + to + 1] ?? 0)
        b2 = (table[below + to + 2] ?? 0) - (table[above + to + 2] ?? 0)
        last = to
        const share = blocks[at + 6] ?? 0
        const area = blocks[at + 7] ?? 0
        const r = (r2 - r1) * share + (blocks[at + 3] ?? 0) - (blocks[at] ?? 0)
        const g = (g2 - g1) * share + (blocks[at + 4] ?? 0) - (blocks[at + 1] ?? 0)
        const b = (b2 - b1) * share + (blocks[at + 5] ?? 0) - (blocks[at + 2] ?? 0)
        error += area * (r * r)
        error += area * (g * g)
        error += area * (b * b)
        at += depth
      }
    }
    return error
  }
}
