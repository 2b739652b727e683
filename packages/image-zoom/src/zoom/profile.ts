/** How a model writes regions and what it gets back: data, so that further models are further constants. */
export interface ZoomProfile {
  readonly name: string
  /** Name and description of the tool as the model is told. */
  readonly tool: {
    readonly name: string
    readonly description: string
    readonly box: string
    readonly image: string
    readonly label: string
  }
  /** Coordinates run from 0 to this number in both directions, whatever the size of the image. */
  readonly scale: number
  /** A region with a shorter side is enlarged about its centre until that side has so many pixels. */
  readonly minSide: number
  /** Sides of the result are multiples of this: the pixels that one visual token covers. */
  readonly factor: number
  /** Pixels of the result. */
  readonly minPixels: number
  readonly maxPixels: number
  /** Longer side of a region over its shorter one: beyond that the model's processor refuses an image. */
  readonly maxAspect: number
}

/**
 * Qwen3-VL, as its own agent framework runs the tool: QwenLM/Qwen-Agent, qwen_agent/tools/image_zoom_in_qwen3vl.py; the
 * name and the optional image index are those of the AXPO paper, appendix A.2.
 */
export const qwen3vl: ZoomProfile = Object.freeze({
  name: 'qwen3vl',
  tool: Object.freeze({
    name: 'image_zoom_in',
    description:
      'Crop a region of an image and magnify it, to see small details. The result is added as a new image that can be zoomed into again.',
    box: 'The region as [x1, y1, x2, y2]: its top-left and bottom-right corner, each coordinate from 0 to 1000 relative to the width or height of the image',
    image: 'Which image to zoom into, counted from 0 in order of appearance',
    label: 'What is in the region',
  }),
  scale: 1000,
  minSide: 32,
  factor: 32,
  minPixels: 256 * 32 * 32,
  maxPixels: 12_845_056,
  maxAspect: 200,
})
