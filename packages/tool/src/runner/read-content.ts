import { FaultError, type ContentPart } from '@interleave/trajectory'
import type { CallImages, NewImage, RegisteredImage } from '../image-registry.ts'
import type { Tool, ToolLimits } from '../tool.ts'
import { cutNotice, headOf, type Cut } from './cut-text.ts'

/** Content as an outcome holds it; or the limit on images that it went over, and then none of it. */
export interface ReadContent {
  content: ContentPart[]
  truncated?: Cut
  overLimit?: string
}

/** What a tool wrote for the model: text cut to size, images added to the call's. Throws the fault `bad_output`. */
export function readContent(
  tool: Tool,
  written: unknown,
  images: CallImages,
  limits: Required<ToolLimits>,
): ReadContent {
  const parts: unknown = typeof written === 'string' ? [written] : written
  if (!Array.isArray(parts)) throw badOutput(tool, 'returned a `content` that is neither text nor a list of parts')
  const content: ContentPart[] = []
  let total = 0
  let kept = 0
  let imageCount = 0
  for (const part of parts) {
    const text = textIn(part)
    if (text === undefined) {
      imageCount += 1
      if (imageCount > limits.maxImages) continue
      const { hash, height, mime, width } = register(tool, part, images)
      content.push({ type: 'image', hash, mime, width, height })
      continue
    }
    // Once a part was cut, nothing of the later ones is shown, or the text would have a hole.
    const shown = total === kept ? headOf(text, limits.maxOutputChars - kept) : ''
    total += text.length
    kept += shown.length
    if (shown !== '') content.push({ type: 'text', text: shown.toWellFormed() })
  }
  const overLimit = overImageLimit(imageCount, images, limits)
  if (overLimit !== undefined) return { content: [], overLimit }
  if (kept === total) return { content }
  const last = content.findLast((part) => part.type === 'text')
  const notice = cutNotice(kept, total)
  if (last === undefined) content.push({ type: 'text', text: notice.trimStart() })
  else last.text += notice
  return { content, truncated: { from: total, to: kept } }
}

function overImageLimit(shown: number, images: CallImages, limits: Required<ToolLimits>): string | undefined {
  const count = Math.max(shown, images.added.length)
  if (count > limits.maxImages) return `The result has ${count} images; at most ${limits.maxImages} are allowed.`
  const large = images.added.find((image) => image.width * image.height > limits.maxPixels)
  if (large === undefined) return undefined
  return `The result has an image of ${large.width} x ${large.height} pixels; at most ${limits.maxPixels} pixels are allowed.`
}

function textIn(part: unknown): string | undefined {
  if (typeof part === 'string') return part
  if (typeof part !== 'object' || part === null) return undefined
  const { text, type } = part as { text?: unknown; type?: unknown }
  return type === 'text' && typeof text === 'string' ? text : undefined
}

function register(tool: Tool, part: unknown, images: CallImages): RegisteredImage {
  const { image, type } = (part ?? {}) as { image?: NewImage | RegisteredImage; type?: unknown }
  if (type !== 'image' || typeof image !== 'object' || image === null)
    throw badOutput(tool, 'returned a part that is neither text nor an image')
  const known = 'index' in image ? images.get(image.index) : undefined
  return known !== undefined && known.bytes === image.bytes ? known : images.stage(image)
}

export function badOutput(tool: Tool, reason: string): FaultError {
  return new FaultError('tool', 'bad_output', `The tool ${tool.name} ${reason}.`)
}
