import type { ByteImageGrid } from '@interleave/chat-template/byte'
import { boxSizes } from '../parameters.ts'
import { quadrantOf } from '../perception/quadrants.ts'
import { wording, type Wording } from './wording.ts'

// How many patches along a side make up what a box is put around, and how far it reaches beyond that on each side, in patches.
// The larger boxes lie on a coarser grid, so that rollouts that look at the same place share a crop.
const extents: Record<(typeof boxSizes)[number], { readonly tile: number; readonly beyond: number }> = {
  tight: { tile: 1, beyond: 1 / 16 },
  wide: { tile: 2, beyond: 0.25 },
  half: { tile: 2, beyond: 1 },
}
const after = '], "label": "mark", "img_idx": '

/** Every box that can be called for on a grid: a patch, a size, and whether the corners are swapped by mistake. */
export interface Boxes {
  readonly wording: Wording
  readonly patch: Uint8Array
  /** The quadrant, 0 to 3, of the patch. */
  readonly quadrant: Uint8Array
  readonly size: Uint8Array
  readonly swapped: Uint8Array
}

const known = new Map<number, Boxes>()

/** The boxes of a grid, worded in coordinates from 0 to 1000 with two corners. Made once for each grid. */
export function boxesOf({ columns, rows }: ByteImageGrid): Boxes {
  const key = columns * 16 + rows
  const made = known.get(key)
  if (made !== undefined) return made
  const count = columns * rows * boxSizes.length * 2
  const [patch, size, swapped] = [new Uint8Array(count), new Uint8Array(count), new Uint8Array(count)]
  const options = Array.from({ length: count }, (_, index) => {
    patch[index] = Math.floor(index / (boxSizes.length * 2))
    size[index] = Math.floor(index / 2) % boxSizes.length
    swapped[index] = index % 2
    const { beyond, tile } = extents[boxSizes[size[index]] ?? 'tight']
    const [column, row] = [patch[index] % columns, Math.floor(patch[index] / columns)].map(
      (at) => at - (at % tile),
    ) as [number, number]
    const [x1, y1] = [thousandths(column - beyond, columns), thousandths(row - beyond, rows)]
    const [x2, y2] = [thousandths(column + tile + beyond, columns), thousandths(row + tile + beyond, rows)]
    const corners = swapped[index] === 1 ? [x2, y2, x1, y1] : [x1, y1, x2, y2]
    return [corners.join(', ') + after]
  })
  const quadrant = patch.map((index) => quadrantOf(index, { columns, rows }))
  const boxes = { wording: wording(options), patch, quadrant, size, swapped }
  known.set(key, boxes)
  return boxes
}

function thousandths(at: number, of: number): number {
  return Math.round(1000 * Math.min(1, Math.max(0, at / of)))
}
