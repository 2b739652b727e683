/** One line of a stream of bytes, without its end (`\n` or `\r\n`) and without a byte order mark. */
export interface ByteLine {
  /** From 1. */
  readonly line: number
  /** Bytes before it in the stream. */
  readonly offset: number
  /** Null for a line that is longer than allowed: it was passed over. */
  readonly bytes: Buffer | null
  /** Whether a newline ends it; only the last line may have none. */
  readonly ended: boolean
}

const newline = 0x0a
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

function tidy(bytes: Buffer, line: number): Buffer {
  const marked = line === 1 && bytes.subarray(0, 3).equals(byteOrderMark)
  const start = marked ? 3 : 0
  const end = bytes.at(-1) === 0x0d ? bytes.length - 1 : bytes.length
  return bytes.subarray(start, Math.max(start, end))
}

/**
 * Cuts a stream of bytes into lines, holding one line and one chunk in memory. Nothing is decoded, so no character is
 * ever cut. The bytes of a line are valid until the next one is asked for.
 */
export async function* readLines(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<ByteLine, void, undefined> {
  // The part of a line that came with earlier chunks. Its memory is used again: a buffer for each line would leave the
  // process's heap in fragments that add up over millions of lines.
  let kept = Buffer.alloc(0)
  let held = 0
  let line = 1
  let offset = 0

  const keep = (piece: Buffer): void => {
    const size = held + piece.length
    if (size <= maxLineBytes) {
      if (size > kept.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(maxLineBytes, Math.max(size, 2 * kept.length)))
        kept.copy(larger, 0, 0, held)
        kept = larger
      }
      piece.copy(kept, held)
    }
    held = size
  }

  const take = (piece: Buffer, ended: boolean): ByteLine => {
    const whole = held === 0
    if (!whole) keep(piece)
    const length = whole ? piece.length : held
    const bytes = whole ? piece : kept.subarray(0, length)
    const taken = { line, offset, bytes: length > maxLineBytes ? null : tidy(bytes, line), ended }
    line += 1
    offset += length + (ended ? 1 : 0)
    held = 0
    return taken
  }

  for await (const data of stream) {
    const chunk = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const piece = chunk.subarray(start, end)
      start = end + 1
      yield take(piece, true)
    }
    keep(chunk.subarray(start))
  }
  if (held > 0) yield take(Buffer.alloc(0), false)
}
