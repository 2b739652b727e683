import { FaultError, messageOf, type Image } from '@interleave/trajectory'
import type { Pixels } from './pixels.ts'
import { sharp } from './vips.ts'

/**
 * The pixels of an image as Pillow's `convert('RGB')` would see them: not turned by EXIF, transparency on white. Throws a
 * `media` fault where the bytes cannot be read, since no model wrote them.
 */
export async function decodePixels(image: Image): Promise<Pixels> {
  try {
    const { data, info } = await sharp(image.bytes, { limitInputPixels: image.width * image.height })
      .toColourspace('srgb')
      .flatten({ background: '#ffffff' })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { data, width: info.width, height: info.height }
  } catch (error) {
    throw unreadable(image, messageOf(error), error)
  }
}

/** Throws a `media` fault where an image is not the size that its record says: boxes are taken by the record. */
export function checkSize({ height, width }: Pixels, image: Image): void {
  if (width === image.width && height === image.height) return
  throw unreadable(image, `it has ${width} x ${height} pixels, its record says ${image.width} x ${image.height}`)
}

function unreadable(image: Image, reason: string, cause?: unknown): FaultError {
  const message = `Image ${image.hash.slice(0, 12)} cannot be read: ${reason}.`
  return new FaultError('media', 'unreadable_image', message, { cause })
}
