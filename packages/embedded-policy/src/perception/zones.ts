import type { Rgb } from '../cues.ts'
import { AreaSums } from './area-sums.ts'
import { prototypeSide, type Prototype } from './prototypes.ts'
import type { View } from './view.ts'

// Where the frame ends and where the middle begins, as shares of the side.
const insetShares = [0, 0.13, 0.3]

interface Zone {
  readonly across: number
  readonly down: number
  readonly area: number
  readonly colour: readonly number[]
}

/**
 * By how much a plate that covers so many pixels across and down, in three plain zones (frame, paper, middle), lowers the
 * summed squared error below that of the colour around: a function of the place of its upper left corner.
 */
export function zonesGain(
  view: View,
  prototype: Prototype,
  around: Rgb,
  { side, tall }: { readonly side: number; readonly tall: number },
): (x: number, y: number) => number {
  const zones = zonesOf(prototype, side, tall)
  // For a pixel v, a zone's colour c and the colour around p: (p - v)^2 - (c - v)^2 = p^2 - c^2 + 2 (c - p) v.
  const constant = zones.reduce(
    (sum, { area, colour }) =>
      sum + area * colour.reduce((all, c, plane) => all + (around[plane] ?? 0) ** 2 - c ** 2, 0),
    0,
  )
  // Zones lie within each other: each adds the change of colour at its edge, over all that it encloses.
  const edges = zones.map(({ across, colour, down }, zone) => {
    const outside = zones[zone - 1]?.colour ?? around
    const [r = 0, g = 0, b = 0] = colour.map((c, plane) => 2 * (c - (outside[plane] ?? 0)))
    const map = new Float32Array(view.width * view.height)
    for (let at = 0; at < map.length; at += 1)
      map[at] = r * (view.pixels[at * 3] ?? 0) + g * (view.pixels[at * 3 + 1] ?? 0) + b * (view.pixels[at * 3 + 2] ?? 0)
    return { across, down, sums: new AreaSums(map, view.width, view.height) }
  })
  return (x, y) => {
    let gain = constant
    for (const { across, down, sums } of edges)
      gain += sums.sum(x + across, y + down, x + side - across, y + tall - down)
    return gain
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
      sums: prototype.map((sums) => sums.sum(u, v, prototypeSide - u, prototypeSide - v)),
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
