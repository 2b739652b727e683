import { byteImageGrid } from '@interleave/chat-template/byte'
import type { Placement } from '../kinds.ts'

/** Centres of a plate and, where it has one, of the diamond beside it, in pixels. */
export interface MarkPlace {
  readonly plate: readonly [number, number]
  readonly diamond?: readonly [number, number]
}

/**
 * Places for some marks, no two in one patch of the picture's grid. A plate beside its diamond lies one patch away from
 * it, with a little play.
 */
export function placeMarks(
  random: () => number,
  size: { readonly width: number; readonly height: number },
  placement: Placement,
  count: number,
): MarkPlace[] {
  const { columns, rows } = byteImageGrid(size)
  const [cellWidth, cellHeight] = [size.width / columns, size.height / rows]
  const taken = new Set<number>()
  const places: MarkPlace[] = []
  const [dx, dy] = placement === 'right' ? [1, 0] : placement === 'below' ? [0, 1] : [0, 0]
  const within = (cell: number, side: number): number => (cell + 0.1 + 0.8 * random()) * side
  // Cells run out only on grids too small for the marks; then marks share cells.
  for (let tries = 0; places.length < count; tries += 1) {
    const column = Math.floor(random() * (columns - dx))
    const row = Math.floor(random() * (rows - dy))
    const cells = [row * columns + column, (row + dy) * columns + column + dx]
    if (tries < 1000 && cells.some((cell) => taken.has(cell))) continue
    for (const cell of cells) taken.add(cell)
    const at = [within(column, cellWidth), within(row, cellHeight)] as const
    const play = (): number => (random() - 0.5) * 0.15
    if (placement === 'frame') places.push({ plate: at })
    else places.push({ plate: [at[0] + (dx + play()) * cellWidth, at[1] + (dy + play()) * cellHeight], diamond: at })
  }
  return places
}
