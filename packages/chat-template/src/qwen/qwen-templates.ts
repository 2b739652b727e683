import type { PixelLimits } from '@interleave/trajectory'
import type { ChatTemplate } from '../chat-template.ts'
import { layoutTemplate } from '../hermes/hermes-template.ts'
import type { PixelGrid } from '../hermes/smart-resize.ts'
import type { TextTokenizer } from '../tokenizer/text-tokenizer.ts'

/** Sides and areas of the published image processor of Qwen3-VL: patches of 16 px, merged by 2, 64 to 16,384 tokens. */
export const qwen3VlPixels: PixelGrid = { factor: 32, minPixels: 65_536, maxPixels: 16_777_216 }

/** Sides and areas of the published image processor of Qwen2.5-VL: patches of 14 px, merged by 2, 4 to 16,384 tokens. */
export const qwen25VlPixels: PixelGrid = { factor: 28, minPixels: 3136, maxPixels: 12_845_056 }

/** The model's vocabulary, and the pixel bounds of its image processor where they are not the published ones. */
export interface QwenVlOptions {
  readonly tokenizer: TextTokenizer
  /** `min_pixels` and `max_pixels` (also called `shortest_edge` and `longest_edge`) as the server has them. */
  readonly limits?: PixelLimits
}

/**
 * Qwen3-VL-Thinking, all sizes. The generation prompt ends with `<think>` and a newline, so a sampled turn begins inside
 * its thinking.
 */
export function qwen3VlThinking({ limits, tokenizer }: QwenVlOptions): ChatTemplate {
  const pixels = { ...qwen3VlPixels, ...limits }
  return layoutTemplate({ name: 'qwen3-vl-thinking', thinking: true, pixels }, tokenizer)
}

/** Qwen3-VL-Instruct, all sizes. A sampled turn begins in plain text. */
export function qwen3VlInstruct({ limits, tokenizer }: QwenVlOptions): ChatTemplate {
  const pixels = { ...qwen3VlPixels, ...limits }
  return layoutTemplate({ name: 'qwen3-vl-instruct', thinking: false, pixels }, tokenizer)
}

/**
 * Qwen2.5-VL-Instruct, all sizes. Its published template knows no tools: they are rendered as those of Qwen2.5, and
 * responses as a user turn. A prompt without a system text gets the published one.
 */
export function qwen25Vl({ limits, tokenizer }: QwenVlOptions): ChatTemplate {
  const pixels = { ...qwen25VlPixels, ...limits }
  return layoutTemplate(
    { name: 'qwen2.5-vl', system: 'You are a helpful assistant.', thinking: false, pixels },
    tokenizer,
  )
}
