import { byteSpellings } from './byte-vocabulary.ts'

// Reused by every call: decoding is synchronous, and a turn is read some hundred thousand times a second.
let scratch = Buffer.alloc(4096)

/** UTF-8 bytes of a text as ids. Nothing in the text can become a special id. */
export function encodeBytes(text: string): number[] {
  return Array.from(Buffer.from(text, 'utf8'))
}

/**
 * Text of the ids from `start` to `end`: bytes as UTF-8 (what is not UTF-8 as U+FFFD), special ids spelt out, unknown ids
 * as U+FFFD. For reading only.
 */
export function decodeBytes(tokens: readonly number[], start = 0, end = tokens.length): string {
  if (scratch.length < end - start) scratch = Buffer.alloc(2 * (end - start))
  let text = ''
  let length = 0
  let high = 0
  for (let index = start; index < end; index += 1) {
    const id = tokens[index] ?? -1
    if (id >= 0 && id < 256) {
      scratch[length] = id
      length += 1
      high |= id
    } else {
      text += flush(length, high) + (byteSpellings[id - 256] ?? '\uFFFD')
      length = 0
      high = 0
    }
  }
  return length === 0 ? text : text + flush(length, high)
}

function flush(length: number, high: number): string {
  return scratch.toString(high < 128 ? 'latin1' : 'utf8', 0, length)
}
