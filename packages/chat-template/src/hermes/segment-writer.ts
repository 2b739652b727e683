import type { ImagePart } from '@interleave/trajectory'
import type { RenderedImage, RenderedSegment } from '../chat-template.ts'
import { fixedSplitter } from './fixed-splitter.ts'
import type { TextTokenizer } from '../tokenizer/text-tokenizer.ts'

/** Collects rendered segments. Text between two tokens of structure is encoded at once, as the model's own tokenizer does. */
export interface SegmentWriter {
  /** Text of the layout: tokens that it spells become those tokens. */
  fixed(text: string): void
  /** Anyone's text: what it spells stays text. */
  text(text: string): void
  /** Ids that were encoded before. Nothing may be open that is not encoded yet. */
  tokens(tokens: readonly number[]): void
  /** The pad of an image, which the model will see as `effectiveLength` pads. */
  image(image: ImagePart, pad: number, effectiveLength: number): void
  /** Closes a segment. The next one must begin with a token of structure, or the ids would not be the model's. */
  end(kind: RenderedSegment['kind']): void
  readonly segments: RenderedSegment[]
}

/** A function that opens writers for one tokenizer. */
export function segmentWriters(tokenizer: TextTokenizer): () => SegmentWriter {
  const split = fixedSplitter(tokenizer)
  return () => {
    const segments: RenderedSegment[] = []
    let tokens: number[] = []
    let images: RenderedImage[] = []
    let pending = ''

    function flush(): void {
      // Not spread into push: an observation may have more ids than a call has room for arguments.
      for (const id of tokenizer.encode(pending)) tokens.push(id)
      pending = ''
    }
    return {
      segments,
      fixed(text) {
        for (const part of split(text)) {
          if (typeof part === 'string') pending += part
          else {
            flush()
            tokens.push(part)
          }
        }
      },
      text(text) {
        pending += text
      },
      tokens(given) {
        for (const id of given) tokens.push(id)
      },
      image({ hash }, pad, effectiveLength) {
        flush()
        images.push({ hash, at: tokens.length, effectiveLength })
        tokens.push(pad)
      },
      end(kind) {
        flush()
        segments.push({ kind, text: tokenizer.decode(tokens), tokens, images })
        tokens = []
        images = []
      },
    }
  }
}
