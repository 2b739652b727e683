import { availableParallelism } from 'node:os'
import { FaultError, type Box, type Image } from '@interleave/trajectory'
import { checkSize, decodePixels } from '../pixels/decode-pixels.ts'
import { encodePixels, type Encoding } from '../pixels/encode-pixels.ts'
import { createLimiter } from '../pixels/limiter.ts'
import { PixelCache } from '../pixels/pixel-cache.ts'
import { cropPixels, type Pixels } from '../pixels/pixels.ts'
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

export interface RendererOptions {
  readonly encoding: Encoding
  readonly cacheBytes: number
  /** How many images are worked on at a time. Default: the number of cores. */
  readonly width?: number
  readonly decode?: (image: Image) => Promise<Pixels>
}

/**
 * A renderer with one cache of decoded images, which works on as many images at a time as there are cores. An image is
 * decoded and rendered in one turn, so that no more decoded ones are in memory than that, besides those in the cache.
 */
export function createRegionRenderer(options: RendererOptions): RenderRegion {
  const limit = createLimiter(options.width ?? availableParallelism())
  const cache = new PixelCache(options.cacheBytes, options.decode ?? decodePixels)
  return async (image, box, size, signal) => {
    const render = async (): Promise<{ bytes: Uint8Array; mime: string }> => {
      const pixels = await cache.get(image)
      signal.throwIfAborted()
      checkSize(pixels, image)
      const resized = await resizePixels(cropPixels(pixels, box), size.width, size.height)
      return encodePixels(resized, options.encoding)
    }
    try {
      // The caller need not wait for work that cannot be stopped, but its turn lasts until it has ended.
      return await untilAborted(limit(render, signal), signal)
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error
      // Not the model's doing, so it must not read as a time-out of its call.
      throw new FaultError(
        'tool',
        'overloaded',
        'A zoom was not done within the time limit; run fewer rollouts at a time.',
        { cause: error },
      )
    }
  }
}
