import { availableParallelism } from 'node:os'
import { FaultError, type Box, type Image } from '@interleave/trajectory'
import { checkSize, decodePixels } from '../pixels/decode-pixels.ts'
import { encodePixels, type Encoding } from '../pixels/encode-pixels.ts'
import { createLimiter } from '../pixels/limiter.ts'
import { PixelCache } from '../pixels/pixel-cache.ts'
import { cropPixels } from '../pixels/pixels.ts'
import { resizePixels } from '../pixels/resize-pixels.ts'
import type { Size } from './region.ts'
import { untilAborted } from './until-aborted.ts'

/** An encoded region of an image at a given size. Waits for its turn, and stops waiting when the signal fires. */
export type RenderRegion = (
  image: Image,
  box: Box,
  size: Size,
  signal: AbortSignal,
) => Promise<{ bytes: Uint8Array; mime: string }>

/** A renderer with one cache of decoded images, which works on as many images at a time as there are cores. */
export function createRegionRenderer(options: { encoding: Encoding; cacheBytes: number }): RenderRegion {
  const limit = createLimiter(availableParallelism())
  const cache = new PixelCache(options.cacheBytes, (image) => limit(() => decodePixels(image)))
  return async (image, box, size, signal) => {
    try {
      const pixels = await untilAborted(cache.get(image), signal)
      checkSize(pixels, image)
      const region = async (): Promise<{ bytes: Uint8Array; mime: string }> => {
        const resized = await resizePixels(cropPixels(pixels, box), size.width, size.height)
        return encodePixels(resized, options.encoding)
      }
      return await limit(region, signal)
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error
      // Not the model's doing, so it must not read as a time-out of its call.
      throw new FaultError(
        'tool',
        'overloaded',
        'A zoom did not get its turn within the time limit; run fewer rollouts at a time.',
        { cause: error },
      )
    }
  }
}
