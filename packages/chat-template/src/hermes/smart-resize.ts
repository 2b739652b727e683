import { InterleaveError } from '@interleave/trajectory'

/** How an image processor sizes images: sides in multiples of `factor` pixels, the area between two numbers of pixels. */
export interface PixelGrid {
  /** Pixels along one side of what becomes one token: patch size times merge size. */
  readonly factor: number
  readonly minPixels: number
  readonly maxPixels: number
}

const longestRatio = 200

/**
 * The size in pixels that an image is resized to before the model sees it: each side rounded to a multiple of the factor
 * (halves to even, as Python rounds), then scaled up above the smallest or down below the largest area. Throws `bad_image`
 * for sizes that are not whole numbers from 1 and for sides more than 200 times each other.
 */
export function smartResize(width: number, height: number, grid: PixelGrid): { width: number; height: number } {
  const { factor, maxPixels, minPixels } = grid
  if (![width, height].every((side) => Number.isSafeInteger(side) && side > 0))
    throw new InterleaveError(
      'bad_image',
      `An image has the size ${width} x ${height}; both must be whole numbers from 1.`,
    )
  if (Math.max(width, height) / Math.min(width, height) > longestRatio)
    throw new InterleaveError(
      'bad_image',
      `An image of ${width} x ${height} is too narrow: its sides may differ by a factor of ${longestRatio}. Crop it.`,
    )
  const rounded = { width: halfToEven(width / factor) * factor, height: halfToEven(height / factor) * factor }
  const area = rounded.width * rounded.height
  if (area > maxPixels) {
    const by = Math.sqrt((height * width) / maxPixels)
    const scaled = (side: number): number => Math.max(factor, Math.floor(side / by / factor) * factor)
    return { width: scaled(width), height: scaled(height) }
  }
  if (area < minPixels) {
    const by = Math.sqrt(minPixels / (height * width))
    const scaled = (side: number): number => Math.ceil((side * by) / factor) * factor
    return { width: scaled(width), height: scaled(height) }
  }
  return rounded
}

/** Tokens that the model sees for an image of this size in pixels: what a server's count is compared with. */
export function effectiveLength(width: number, height: number, grid: PixelGrid): number {
  const resized = smartResize(width, height, grid)
  return (resized.width / grid.factor) * (resized.height / grid.factor)
}

function halfToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}
