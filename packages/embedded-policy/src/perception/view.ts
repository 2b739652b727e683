import { byteImageGrid, type ByteImageGrid } from '@interleave/chat-template/byte'
import { FaultError, messageOf, type Image } from '@interleave/trajectory'
import sharp from 'sharp'
import type { Rgb } from '../cues.ts'
import { AreaSums } from './area-sums.ts'

/** Encoder pixels along one side of a patch. */
export const patchSide = 8

/** All that the policy sees of an image: RGB bytes at the encoder's resolution, 64 pixels along the longer side. */
export interface View extends ByteImageGrid {
  readonly width: number
  readonly height: number
  /** Height of a square of the picture in encoder pixels, over its width: 1 but for the rounding to whole patches. */
  readonly stretch: number
  readonly pixels: Uint8Array
}

/** A view with its sums of red, green and blue: eight times as large, so not kept beyond what is worked out from it. */
export interface SummedView extends View {
  readonly sums: AreaSums
}

export function summed(view: View): SummedView {
  return { ...view, sums: new AreaSums(view.pixels, view.width, view.height) }
}

/** Decodes an image and shrinks it to the encoder's resolution. Throws an `image_unreadable` fault for broken bytes. */
export async function encodeView(image: Pick<Image, 'bytes' | 'hash' | 'width' | 'height'>): Promise<View> {
  const grid = byteImageGrid(image)
  const width = grid.columns * patchSide
  const height = grid.rows * patchSide
  const stretch = (height * image.width) / (width * image.height)
  try {
    const pixels = await sharp(image.bytes)
      .resize(width, height, { fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false })
      .flatten({ background: '#808080' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer()
    return { ...grid, width, height, stretch, pixels }
  } catch (error) {
    throw new FaultError(
      'policy',
      'image_unreadable',
      `The image ${image.hash} cannot be decoded: ${messageOf(error)}. Check the file, or normalise it first.`,
      { cause: error },
    )
  }
}

/** Mean colour along the edge of a view. What is looked for in a picture seldom reaches there. */
export function edgeColour({ height, sums, width }: SummedView): Rgb {
  const mean = (plane: number): number => {
    const inside = sums.sum(plane, 1, 1, width - 1, height - 1)
    return (sums.sum(plane, 0, 0, width, height) - inside) / (2 * (width + height) - 4)
  }
  return [mean(0), mean(1), mean(2)]
}
