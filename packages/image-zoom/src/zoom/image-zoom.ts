import { InterleaveError } from '@interleave/trajectory'
import { defineTool, ToolError, type ImageList, type RegisteredImage, type Tool } from '@interleave/tool'
import { z } from 'zod'
import type { Encoding } from '../pixels/encode-pixels.ts'
import { qwen3vl, type ZoomProfile } from './profile.ts'
import { smartResize, toRegion, type Region, type Size } from './region.ts'
import { createRegionRenderer } from './render-region.ts'
import { zoomInput, type ZoomInput } from './zoom-input.ts'

export interface ImageZoomOptions {
  /** For which model. Default `qwen3vl`. */
  readonly profile?: ZoomProfile
  /** Pixels of the result, in place of the profile's: a small policy may want small results. */
  readonly minPixels?: number
  readonly maxPixels?: number
  /** Default `png`. */
  readonly encoding?: Encoding
  /**
   * Memory for what is kept for the next call, in bytes: seven eighths for decoded images (three a pixel), one eighth for
   * finished regions as encoded. What is larger than its share is not kept; 0 keeps nothing. Default 256 MiB.
   */
  readonly cacheBytes?: number
}

const valueSchema = z.object({
  /** Index of the new image. */
  image: z.int(),
  /** Index of the image that was zoomed into, and the pixels of it that were used: x2 and y2 exclusive. */
  source: z.int(),
  box: z.array(z.int()).length(4),
  width: z.int(),
  height: z.int(),
})

export type ImageZoom = Tool<ZoomInput, typeof valueSchema, undefined>

// Only a machine with far too much to do comes near it: the work of one call is bounded.
const timeoutMs = 120_000

/**
 * The tool `image_zoom_in`: a region of any image of the rollout, magnified, as a new image of the rollout. Boxes that make
 * no sense are answered with an error observation (`bad_box`, `bad_image_index`, `extreme_aspect`). Make it once and share
 * it: its caches serve all rollouts, and a region that one of them got is the same bytes for the next.
 */
export function imageZoom(options: ImageZoomOptions = {}): ImageZoom {
  const profile = { ...(options.profile ?? qwen3vl) }
  profile.minPixels = options.minPixels ?? Math.min(profile.minPixels, options.maxPixels ?? Infinity)
  profile.maxPixels = options.maxPixels ?? Math.max(profile.maxPixels, profile.minPixels)
  const smallest = profile.factor ** 2
  if (!(profile.minPixels >= 1 && profile.minPixels <= profile.maxPixels && profile.maxPixels >= smallest))
    throw new InterleaveError(
      'bad_option',
      `imageZoom needs 1 <= minPixels <= maxPixels, and maxPixels of at least ${smallest}: one visual token.`,
    )
  const render = createRegionRenderer({
    encoding: options.encoding ?? 'png',
    cacheBytes: options.cacheBytes ?? 2 ** 28,
  })

  return defineTool({
    name: profile.tool.name,
    description: profile.tool.description,
    input: zoomInput(profile),
    value: valueSchema,
    limits: { timeoutMs },
    async run({ bbox_2d, img_idx }, call) {
      const source = imageAt(call.images, img_idx)
      const region = regionIn(bbox_2d, source, profile)
      const { box } = region
      const size = smartResize(region, profile)
      const encoded = await render(source, box, size, call.signal)
      const image = call.images.add({ ...encoded, ...size, parent: { hash: source.hash, box } })
      return {
        content: [
          `Image ${image.index} is the zoomed region of image ${source.index}; to zoom into it use img_idx ${image.index}.`,
          { type: 'image', image },
        ],
        value: { image: image.index, source: source.index, box, ...size },
      }
    },
  })
}

function imageAt(images: ImageList, index: number): RegisteredImage {
  const image = images.get(index)
  if (image !== undefined) return image
  const known = images.length === 0 ? 'there are no images' : `use a whole number from 0 to ${images.length - 1}`
  throw new ToolError('bad_image_index', `img_idx ${index} is no image: ${known}.`)
}

function regionIn(written: readonly number[], image: Size, profile: ZoomProfile): Region {
  const [x1, y1, x2, y2] = written as [number, number, number, number]
  const said = `bbox_2d [${written.join(', ')}]`
  if (x1 >= x2 || y1 >= y2)
    throw new ToolError(
      'bad_box',
      `${said} is empty or has its corners swapped: write [x1, y1, x2, y2] with x1 < x2 and y1 < y2, the top-left corner first.`,
    )
  const region = toRegion([x1, y1, x2, y2], image, profile)
  if (region === undefined)
    throw new ToolError('bad_box', `${said} covers nothing of the image: coordinates run from 0 to ${profile.scale}.`)
  // Of the size before rounding: a sliver of a millionth of a pixel would otherwise be magnified without end.
  if (Math.max(region.width, region.height) > profile.maxAspect * Math.min(region.width, region.height))
    throw new ToolError(
      'extreme_aspect',
      `${said} is more than ${profile.maxAspect} times as long as it is wide: choose a region closer to a square.`,
    )
  return region
}
