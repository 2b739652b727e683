import { InterleaveError, messageOf } from '@interleave/trajectory'
import { Tokenizer } from '@huggingface/tokenizers'
import { tokenBytes } from './token-bytes.ts'
import { longestText, type TextTokenizer } from './text-tokenizer.ts'
import type { TokenizerFile } from './tokenizer-file.ts'

/** A tokenizer from the parsed content of tokenizer.json and the added tokens of its folder. `hash` names their source. */
export function byteLevelTokenizer(
  file: TokenizerFile,
  addedTokens: ReadonlyMap<string, number>,
  hash: string,
): TextTokenizer {
  const library = openLibrary(file)
  const spelt = new Map([...addedTokens].map(([text, id]) => [id, text]))
  let size = 0
  for (const id of [...Object.values(file.model.vocab), ...addedTokens.values()]) size = Math.max(size, id + 1)

  const known: (Uint8Array | undefined)[] = []
  function bytesOf(id: number): Uint8Array {
    const found = known[id]
    if (found !== undefined) return found
    const bytes = tokenBytes(library.id_to_token(id), spelt.get(id))
    if (Number.isInteger(id) && id >= 0 && id < size) known[id] = bytes
    return bytes
  }

  return {
    hash,
    addedTokens,
    size,
    encode(text) {
      if (text === '') return []
      if (text.length > longestText)
        throw new InterleaveError(
          'text_too_long',
          `A text of ${text.length} characters is longer than the ${longestText} that are encoded at once. Cut it first.`,
        )
      return library.encode(text.toWellFormed(), { add_special_tokens: false }).ids
    },
    decode(tokens, start = 0, end = tokens.length) {
      const pieces: Uint8Array[] = []
      for (let at = start; at < end; at += 1) pieces.push(bytesOf(tokens[at] ?? -1))
      return Buffer.concat(pieces).toString('utf8')
    },
  }
}

function openLibrary(file: TokenizerFile): Tokenizer {
  try {
    // Without its added tokens the library has nothing that text could match.
    return new Tokenizer({ ...file, added_tokens: [] }, {})
  } catch (error) {
    throw new InterleaveError('bad_tokenizer', `The tokenizer could not be read: ${messageOf(error)}.`, {
      cause: error,
    })
  }
}
