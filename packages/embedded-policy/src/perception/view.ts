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
  /** Sums over red, green and blue. */
  readonly planes: readonly AreaSums[]
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
    const planes = [0, 1, 2].map(
      (plane) =>
        new AreaSums(
          Float32Array.from({ length: width * height }, (_, at) => pixels[at * 3 + plane] ?? 0),
          width,
          height,
        ),
    )
    return { ...grid, width, height, stretch, pixels, planes }
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
export function edgeColour({ height, planes, width }: View): Rgb {
  const mean = (plane: AreaSums | undefined): number => {
    const inside = plane?.sum(1, 1, width - 1, height - 1) ?? 0
    return ((plane?.sum(0, 0, width, height) ?? 0) - inside) / (2 * (width + height) - 4)
  }
  return [mean(planes[0]), mean(planes[1]), mean(planes[2])]
}
