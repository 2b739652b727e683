import { rawInput, type Pixels } from './pixels.ts'
import { sharp, type Sharp } from './vips.ts'

/** How a zoomed region is encoded: PNG keeps every pixel, JPEG is several times faster and smaller. */
export type Encoding = 'png' | 'jpeg'

/** The same bytes for the same pixels, nothing in them but the image. */
export function encodePixels(pixels: Pixels, encoding: Encoding): Promise<{ bytes: Uint8Array; mime: string }> {
  return encodeImage(sharp(pixels.data, rawInput(pixels)), encoding)
}

/** The same for a picture that sharp has yet to make. */
export async function encodeImage(image: Sharp, encoding: Encoding): Promise<{ bytes: Uint8Array; mime: string }> {
  const encoded =
    encoding === 'png'
      ? image.png({ compressionLevel: 1, adaptiveFiltering: false, palette: false })
      : image.jpeg({ quality: 95, chromaSubsampling: '4:4:4', optimiseCoding: false })
  const { buffer, byteLength, byteOffset } = await encoded.toBuffer()
  return { bytes: new Uint8Array(buffer, byteOffset, byteLength), mime: `image/${encoding}` }
}
