/** Sums over any upright rectangle of a map in constant time: a summed-area table. */
export class AreaSums {
  readonly #stride: number
  readonly #table: Float64Array

  constructor(map: Float32Array, width: number, height: number) {
    this.#stride = width + 1
    this.#table = new Float64Array((width + 1) * (height + 1))
    for (let y = 0; y < height; y += 1) {
      let row = 0
      for (let x = 0; x < width; x += 1) {
        row += map[y * width + x] ?? 0
        this.#table[(y + 1) * this.#stride + x + 1] = row + (this.#table[y * (width + 1) + x + 1] ?? 0)
      }
    }
  }

  /** Sum over x1 <= x < x2 and y1 <= y < y2, which must lie within the map. */
  sum(x1: number, y1: number, x2: number, y2: number): number {
    const table = this.#table
    const above = y1 * this.#stride
    const below = y2 * this.#stride
    return (table[below + x2] ?? 0) - (table[above + x2] ?? 0) - (table[below + x1] ?? 0) + (table[above + x1] ?? 0)
  }
}
