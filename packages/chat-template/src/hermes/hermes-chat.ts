import type { ChatTemplate } from '../chat-template.ts'
import type { TextTokenizer } from '../tokenizer/text-tokenizer.ts'
import { layoutTemplate } from './hermes-template.ts'

/**
 * Plain ChatML with tools in the way of Hermes, as in Qwen3-Instruct-2507, for text models: no system text of its own, no
 * thinking opened, no images (they are refused with `no_images`). Tools need a vocabulary with the tokens `<tool_call>` and
 * `</tool_call>`; without them prompts with tools are refused with `no_calls`.
 */
export function hermesTemplate({ tokenizer }: { readonly tokenizer: TextTokenizer }): ChatTemplate {
  return layoutTemplate({ name: 'hermes', thinking: false }, tokenizer)
}
