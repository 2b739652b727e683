import { availableParallelism } from 'node:os'
import { FaultError, type Box, type Image } from '@interleave/trajectory'
import { checkSize, decodePixels } from '../pixels/decode-pixels.ts'
import { encodeImage, encodePixels, type Encoding } from '../pixels/encode-pixels.ts'
import { isReduction, reducedRegion } from '../pixels/reduced-region.ts'
import { createLimiter } from '../pixels/limiter.ts'
import { PixelCache } from '../pixels/pixel-cache.ts'
import { cropPixels, type Pixels } from '../pixels/pixels.ts'
import { resizePixels } from '../pixels/resize-pixels.ts'
import { RegionCache, type EncodedRegion } from './region-cache.ts'
import type { Size } from './region.ts'

/**
 * An encoded region of an image at a given size: the very same object for the same region while it is kept. Waits for its
 * turn, and stops waiting when the signal fires.
 */
export type RenderRegion = (image: Image, box: Box, size: Size, signal: AbortSignal) => Promise<EncodedRegion>

export interface RendererOptions {
  readonly encoding: Encoding
  /** Seven eighths of it for decoded images, one eighth for encoded regions. */
  readonly cacheBytes: number
  /** How many images are worked on at a time. Default: the number of cores. */
  readonly width?: number
  readonly decode?: (image: Image) => Promise<Pixels>
}

/**
 * A renderer with one cache of decoded images and one of finished regions, which works on as many images at a time as there
 * are cores. An image is decoded and rendered in one turn, so that no more decoded ones are in memory than that, besides
 * those in the cache. A region that is kept, or being rendered for another caller, takes no turn.
 */
export function createRegionRenderer(options: RendererOptions): RenderRegion {
  const limit = createLimiter(options.width ?? availableParallelism())
  const images = new PixelCache((options.cacheBytes / 8) * 7, options.decode ?? decodePixels)
  const regions = new RegionCache(options.cacheBytes / 8)
  return async (image, box, size, signal) => {
    const render = async (abandoned: AbortSignal): Promise<EncodedRegion> => {
      const pixels = await images.get(image)
      abandoned.throwIfAborted()
      checkSize(pixels, image)
      if (isReduction(box, size)) return encodeImage(reducedRegion(pixels, box, size), options.encoding)
      const resized = await resizePixels(cropPixels(pixels, box), size.width, size.height)
      return encodePixels(resized, options.encoding)
    }
    try {
      // The caller need not wait for work that cannot be stopped, but its turn lasts until it has ended.
      const turn = (abandoned: AbortSignal): Promise<EncodedRegion> => limit(() => render(abandoned), abandoned)
      return await regions.get(nameOf(image, box, size), turn, signal)
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

// With the size of the record, which is wrong of one that says another: that must fail as it would alone.
function nameOf({ hash, height, width }: Image, box: Box, size: Size): string {
  return `${hash} ${width} ${height} ${box.join(' ')} ${size.width} ${size.height}`
}
