import { createImage, messageOf, type Image } from '@interleave/trajectory'
import type { Metadata, Sharp } from 'sharp'
import { sharp } from '../pixels/vips.ts'
import { ImageError, type ImageErrorCode } from './image-error.ts'
import { imageFormat, refusedFormat, type ImageFormat } from './image-format.ts'
import { isPlain } from './is-plain.ts'

export interface IngestOptions {
  /** What error messages call the image, such as its file and line. Default `The image`. */
  readonly name?: string
  /** Default 100 million: refused from the header, before anything is decoded. */
  readonly maxPixels?: number
  /** Size of the file. Default 256 MiB. */
  readonly maxBytes?: number
}

const maxAspect = 200

/**
 * An image that everyone sees alike: JPEG or PNG, upright, sRGB, 8 bits, no transparency. One that is so already is kept
 * byte for byte; any other (turned by EXIF, CMYK, 16 bits, a colour profile, transparent, WebP, the first frame of a GIF) is
 * written anew, transparency on white. Takes JPEG, PNG, WebP and GIF, told by their content. Throws an `ImageError`.
 */
export async function ingestImage(bytes: Uint8Array, options: IngestOptions = {}): Promise<Image> {
  const { maxBytes = 2 ** 28, maxPixels = 100_000_000, name = 'The image' } = options
  const refuse = (code: ImageErrorCode, reason: string, cause?: unknown): never => {
    throw new ImageError(code, `${name} ${reason}`, { cause })
  }
  if (bytes.byteLength === 0) refuse('empty_image', 'is empty.')
  if (bytes.byteLength > maxBytes)
    refuse('image_too_large', `has ${bytes.byteLength} bytes; at most ${maxBytes} are taken.`)
  const format = imageFormat(bytes)
  if (format === undefined) {
    const seems = refusedFormat(bytes)
    const what = seems === undefined ? 'is of no known format' : `is ${seems}, which is not taken`
    return refuse('unsupported_format', `${what}; convert it to JPEG, PNG, WebP or GIF.`)
  }
  const damaged = (error: unknown): never =>
    refuse('unreadable_image', `is damaged or cut short (${firstLine(messageOf(error))}); get the file again.`, error)

  // The limit is checked below, where the message can say what the size is.
  const open = (): Sharp => sharp(bytes, { limitInputPixels: false, failOn: 'warning', pages: 1 })
  const header = await open().metadata().catch(damaged)
  const { height, width } = header
  if (width * height > maxPixels)
    refuse('image_too_large', `has ${width} x ${height} pixels; at most ${maxPixels} are taken.`)
  if (Math.max(width, height) > maxAspect * Math.min(width, height))
    refuse('extreme_aspect', `has ${width} x ${height} pixels: more than ${maxAspect} times as long as it is wide.`)
  if (isPlain(header, format, bytes)) {
    // Decoded once, so that a file that breaks off in the middle is refused here and not in the middle of a rollout.
    await open().raw().toBuffer().catch(damaged)
    return createImage(bytes, { mime: `image/${format}`, width, height })
  }
  return normalise(open(), format, header).catch(damaged)
}

async function normalise(image: Sharp, format: ImageFormat, header: Metadata): Promise<Image> {
  const upright = image.autoOrient().toColourspace('srgb').flatten({ background: '#ffffff' })
  // What was compressed with loss is large as a PNG, and gains nothing from it.
  const photograph = format === 'jpeg' || (format === 'webp' && !header.hasAlpha)
  const encoded = photograph
    ? upright.jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    : upright.png({ compressionLevel: 6, palette: false })
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true })
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return createImage(bytes, { mime: photograph ? 'image/jpeg' : 'image/png', width: info.width, height: info.height })
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 200)
}
