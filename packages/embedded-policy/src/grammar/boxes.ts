import type { ByteImageGrid } from '@interleave/chat-template/byte'
import { boxSizes } from '../parameters.ts'
import { wording, type Wording } from './wording.ts'

// How far a box reaches beyond its patch on each side, in patches, by size.
const reach: Record<(typeof boxSizes)[number], number> = { tight: 1 / 16, wide: 0.75, half: 1.5 }
const after = '], "label": "mark", "img_idx": '

/** Every box that can be called for on a grid: a patch, a size, and whether the corners are swapped by mistake. */
export interface Boxes {
  readonly wording: Wording
  readonly patch: Uint8Array
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
    const beyond = reach[boxSizes[size[index]] ?? 'tight']
    const [column, row] = [patch[index] % columns, Math.floor(patch[index] / columns)]
    const [x1, y1] = [thousandths(column - beyond, columns), thousandths(row - beyond, rows)]
    const [x2, y2] = [thousandths(column + 1 + beyond, columns), thousandths(row + 1 + beyond, rows)]
    const corners = swapped[index] === 1 ? [x2, y2, x1, y1] : [x1, y1, x2, y2]
    return [corners.join(', ') + after]
  })
  const boxes = { wording: wording(options), patch, size, swapped }
  known.set(key, boxes)
  return boxes
}

function thousandths(at: number, of: number): number {
  return Math.round(1000 * Math.min(1, Math.max(0, at / of)))
}
