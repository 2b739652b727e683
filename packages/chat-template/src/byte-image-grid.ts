/** Patches along the longer side of an image. */
export const byteGridSide = 8

/** How the byte-level template lays an image out: patches in columns and rows, one effective token each. */
export interface ByteImageGrid {
  readonly columns: number
  readonly rows: number
}

/**
 * The patches of an image of this size: 8 along the longer side, as many along the other as keep a patch about square,
 * at least 1. A policy for this template sees so many patches and no more, whatever the picture's resolution.
 */
export function byteImageGrid(size: { readonly width: number; readonly height: number }): ByteImageGrid {
  const { height, width } = size
  const other = Math.max(1, Math.round((byteGridSide * Math.min(width, height)) / Math.max(width, height)))
  return width >= height ? { columns: byteGridSide, rows: other } : { columns: other, rows: byteGridSide }
}

/** Effective tokens of an image of this size: what the template states and what the policy consumes. */
export function byteImageLength(size: { readonly width: number; readonly height: number }): number {
  const { columns, rows } = byteImageGrid(size)
  return columns * rows
}
