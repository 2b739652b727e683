import type { RenderedSegment } from '@interleave/chat-template'
import type { Segment } from '@interleave/trajectory'

/** Rendered context as segments whose image offsets count from the start of the trajectory. */
export function contextSegments(
  rendered: readonly RenderedSegment[],
  turn: number,
  offset: number,
  imagePad: number,
): Segment[] {
  let start = offset
  return rendered.map((part) => {
    const segment: Segment = {
      kind: part.kind,
      turn,
      origin: 'context',
      text: part.text,
      tokens: part.tokens as number[],
    }
    if (part.images.length > 0)
      segment.images = part.images.map((image) => ({
        hash: image.hash,
        at: start + image.at,
        effective: { id: imagePad, length: image.effectiveLength },
      }))
    start += part.tokens.length
    return segment
  })
}
