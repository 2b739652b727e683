import type { Rgb } from '../cues.ts'
import { AreaSums } from './area-sums.ts'
import { prototypeSide, type Prototype } from './prototypes.ts'
import type { View } from './view.ts'

// Where the frame ends and where the middle begins, as shares of the side: the outer edges of the three zones.
const insetShares = [0, 0.13, 0.3]

interface Zone {
  readonly across: number
  readonly down: number
  readonly area: number
  readonly colour: readonly number[]
}

/**
 * By how much a plate in three plain zones (frame, paper, middle) lowers the summed squared error below that of the colour
 * around, for every place in a view. One object serves for all sizes in turn: its tables are as large as the view.
 */
export class ZoneGains {
  readonly #view: View
  readonly #prototype: Prototype
  readonly #around: Rgb
  readonly #map: Float32Array
  readonly #sums: AreaSums
  readonly #row: Float64Array
  #zones: Zone[] = []
  #constant = 0
  #side = 0
  #tall = 0

  constructor(view: View, prototype: Prototype, around: Rgb) {
    this.#view = view
    this.#prototype = prototype
    this.#around = around
    this.#map = new Float32Array(view.pixels.length)
    this.#sums = new AreaSums(this.#map, view.width, view.height)
    this.#row = new Float64Array(view.width)
  }

  /** Turns to plates that cover so many pixels across and down. */
  resize(side: number, tall: number): void {
    const around = this.#around
    const zones = zonesOf(this.#prototype, side, tall)
    // For a pixel v, a zone's colour c and the colour around p: (p - v)^2 - (c - v)^2 = p^2 - c^2 + 2 (c - p) v.
    this.#constant = zones.reduce(
      (sum, { area, colour }) =>
        sum + area * colour.reduce((all, c, plane) => all + (around[plane] ?? 0) ** 2 - c ** 2, 0),
      0,
    )
    // Zones lie within each other: each adds the change of colour at its edge, over all that it encloses.
    const changes = zones.flatMap(({ colour }, zone) =>
      colour.map((c, plane) => 2 * (c - ((zones[zone - 1]?.colour ?? around)[plane] ?? 0))),
    )
    weigh(this.#view.pixels, changes, this.#map)
    this.#sums.sumUp(this.#map)
    this.#zones = zones
    this.#side = side
    this.#tall = tall
  }

  /** The gains of the places whose upper left corners are in row `y`, by `x`, every `step` pixels; until the next call. */
  gainsAlong(y: number, step: number): Float64Array {
    const { stride, table } = this.#sums
    const [row, side, tall] = [this.#row, this.#side, this.#tall]
    const last = this.#view.width - side
    row.fill(this.#constant)
    this.#zones.forEach(({ across, down }, zone) => {
      const above = (y + down) * stride + across * 3 + zone
      const below = (y + tall - down) * stride + across * 3 + zone
      const wide = (side - 2 * across) * 3
      for (let x = 0; x <= last; x += step) {
        const top = above + x * 3
        const bottom = below + x * 3
        const far = (table[bottom + wide] ?? 0) - (table[top + wide] ?? 0)
        row[x] = (row[x] ?? 0) + (far - (table[bottom] ?? 0) + (table[top] ?? 0))
      }
    })
    return row
  }
}

/** Three sums of each pixel's red, green and blue, weighed by three weights each. */
function weigh(pixels: Uint8Array, weights: readonly number[], map: Float32Array): void {
  const [r1 = 0, g1 = 0, b1 = 0, r2 = 0, g2 = 0, b2 = 0, r3 = 0, g3 = 0, b3 = 0] = weights
  for (let at = 0; at < pixels.length; at += 3) {
    const red = pixels[at] ?? 0
    const green = pixels[at + 1] ?? 0
    const blue = pixels[at + 2] ?? 0
    map[at] = r1 * red + g1 * green + b1 * blue
    map[at + 1] = r2 * red + g2 * green + b2 * blue
    map[at + 2] = r3 * red + g3 * green + b3 * blue
  }
}

function zonesOf(prototype: Prototype, side: number, tall: number): Zone[] {
  const inset = (share: number, size: number, step: number): number =>
    Math.min(Math.max(step, Math.round(share * size)), Math.floor((size - 1) / 2))
  const enclosed = insetShares.map((share, step) => {
    const [across, down] = [inset(share, side, step), inset(share, tall, step)]
    const [u, v] = [Math.round((across / side) * prototypeSide), Math.round((down / tall) * prototypeSide)]
    return {
      across,
      down,
      pixels: (side - 2 * across) * (tall - 2 * down),
      area: (prototypeSide - 2 * u) * (prototypeSide - 2 * v),
      sums: [0, 1, 2].map((plane) => prototype.sum(plane, u, v, prototypeSide - u, prototypeSide - v)),
    }
  })
  return enclosed.map(({ across, area, down, pixels, sums }, zone) => {
    const next = enclosed[zone + 1] ?? { pixels: 0, area: 0, sums: [] }
    const colour = sums.map((sum, plane) =>
      area === next.area ? 0 : (sum - (next.sums[plane] ?? 0)) / (area - next.area),
    )
    return { across, down, area: pixels - next.pixels, colour }
  })
}
