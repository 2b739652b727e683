import { byteImageGrid, type ByteImageGrid } from '@interleave/chat-template/byte'
import { FaultError, messageOf, type Image } from '@interleave/trajectory'
import sharp from 'sharp'

/** Encoder pixels along one side of a patch. */
export const patchSide = 8

/** All that the policy sees of an image: RGB bytes at the encoder's resolution, 64 pixels along the longer side. */
export interface View extends ByteImageGrid {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** Decodes an image and shrinks it to the encoder's resolution. Throws an `image_unreadable` fault for broken bytes. */
export async function encodeView(image: Pick<Image, 'bytes' | 'hash' | 'width' | 'height'>): Promise<View> {
  const grid = byteImageGrid(image)
  const width = grid.columns * patchSide
  const height = grid.rows * patchSide
  try {
    const pixels = await sharp(image.bytes)
      .resize(width, height, { fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false })
      .flatten({ background: '#808080' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer()
    return { ...grid, width, height, pixels }
  } catch (error) {
    throw new FaultError(
      'policy',
      'image_unreadable',
      `The image ${image.hash} cannot be decoded: ${messageOf(error)}. Check the file, or normalise it first.`,
      { cause: error },
    )
  }
}
