/** Values that a map holds for each pixel, side by side: red, green and blue, or one for each zone of a plate. */
const depth = 3

/**
 * Sums over any upright rectangle of a map with three values a pixel, in constant time: three summed-area tables, side by
 * side so that one index finds all three.
 */
export class AreaSums {
  /** How far apart in `table` two rows are. A column is three numbers wide. */
  readonly stride: number
  /** Sums over all above and to the left of a pixel. */
  readonly table: Float64Array
  readonly #width: number
  readonly #height: number

  constructor(map: ArrayLike<number>, width: number, height: number) {
    this.stride = (width + 1) * depth
    this.table = new Float64Array(this.stride * (height + 1))
    this.#width = width
    this.#height = height
    this.sumUp(new Float32Array(map))
  }

  /** Sums another map of the same size instead. */
  sumUp(map: Float32Array): void {
    // Sums are taken over and over while a plate is looked for: flat, and of one type of map only.
    const { stride, table } = this
    const width = this.#width * depth
    for (let y = 0; y < this.#height; y += 1) {
      let first = 0
      let second = 0
      let third = 0
      const row = y * width
      // From here the row above is a stride back, and the column to the left three.
      const below = (y + 1) * stride + depth
      for (let x = 0; x < width; x += depth) {
        const at = below + x
        first += map[row + x] ?? 0
        second += map[row + x + 1] ?? 0
        third += map[row + x + 2] ?? 0
        table[at] = first + (table[at - stride] ?? 0)
        table[at + 1] = second + (table[at + 1 - stride] ?? 0)
        table[at + 2] = third + (table[at + 2 - stride] ?? 0)
      }
    }
  }

  /** Sum of one of the three values over x1 <= x < x2 and y1 <= y < y2, which must lie within the map. */
  sum(value: number, x1: number, y1: number, x2: number, y2: number): number {
    const { stride, table } = this
    const [left, right] = [x1 * depth + value, x2 * depth + value]
    const [above, below] = [y1 * stride, y2 * stride]
    return (
      (table[below + right] ?? 0) -
      (table[above + right] ?? 0) -
      (table[below + left] ?? 0) +
      (table[above + left] ?? 0)
    )
  }
}
