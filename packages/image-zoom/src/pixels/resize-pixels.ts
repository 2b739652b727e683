import { cropPixels, rawInput, type Pixels } from './pixels.ts'
import { sharp } from './vips.ts'

/** How far a bicubic kernel reaches, and one more for the rounding of the offset. */
const margin = 3

/**
 * Pixels at another size, bicubic. Close to Pillow's `BICUBIC`: libvips enlarges about the corner and not the centre, which
 * shifts by up to half a pixel, so an enlargement is done as an affine transform with the offset that centres it.
 */
export async function resizePixels(pixels: Pixels, width: number, height: number): Promise<Pixels> {
  const reduced = await reduce(pixels, Math.min(width, pixels.width), Math.min(height, pixels.height))
  return enlarge(reduced, width, height)
}

async function reduce(pixels: Pixels, width: number, height: number): Promise<Pixels> {
  if (width === pixels.width && height === pixels.height) return pixels
  const data = await sharp(pixels.data, rawInput(pixels))
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer()
  return { data, width, height }
}

async function enlarge(pixels: Pixels, width: number, height: number): Promise<Pixels> {
  if (width === pixels.width && height === pixels.height) return pixels
  const scaleX = width / pixels.width
  const scaleY = height / pixels.height
  const padded = cropPixels(pixels, [0, 0, pixels.width, pixels.height], margin)
  // Where the first output pixel lies in the transformed margin: whole pixels are cut off below, the rest is shifted.
  const startX = margin * scaleX - (scaleX - 1) / 2
  const startY = margin * scaleY - (scaleY - 1) / 2
  const left = Math.round(startX)
  const top = Math.round(startY)
  const { data, info } = await sharp(padded.data, rawInput(padded))
    .affine([scaleX, 0, 0, scaleY], { interpolator: 'bicubic', odx: left - startX, ody: top - startY })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return cropPixels({ data, width: info.width, height: info.height }, [left, top, left + width, top + height])
}
