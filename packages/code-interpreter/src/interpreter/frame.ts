/** A message on a socket: a JSON header and, beside it, bytes that need no encoding. */
export interface Frame {
  readonly header: unknown
  readonly blobs: readonly Uint8Array[]
}

const lengthBytes = 4
// As objects, JSON takes up to forty times its length: a header as long as a frame may be could fill the memory.
const maxHeaderBytes = 4 * 2 ** 20

/**
 * The bytes of a frame: the length of what follows, the length of the header, the header as JSON, then the blobs. Lengths
 * are unsigned, 32 bits, little-endian; the header's `blobs` lists the blobs' lengths.
 */
export function encodeFrame(header: Readonly<Record<string, unknown>>, blobs: readonly Uint8Array[] = []): Buffer {
  const text = JSON.stringify(blobs.length === 0 ? header : { ...header, blobs: blobs.map((blob) => blob.length) })
  const headerLength = Buffer.byteLength(text)
  const total = blobs.reduce((sum, blob) => sum + blob.length, lengthBytes + headerLength)
  const bytes = Buffer.allocUnsafe(lengthBytes + total)
  bytes.writeUInt32LE(total, 0)
  bytes.writeUInt32LE(headerLength, lengthBytes)
  bytes.write(text, 2 * lengthBytes)
  let at = 2 * lengthBytes + headerLength
  for (const blob of blobs) {
    bytes.set(blob, at)
    at += blob.length
  }
  return bytes
}

/** Bytes that are no frame. The other side is broken or lies; nothing after them can be trusted. */
export class FrameError extends Error {}

/** Puts frames together from chunks as they arrive. */
export class FrameReader {
  readonly #maxBytes: number
  #chunks: Uint8Array[] = []
  #held = 0

  /** @param maxBytes the longest frame that is taken, its first length field apart. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Bytes of a frame that has not ended. */
  get held(): number {
    return this.#held
  }

  /** The frames that the chunk completes. Throws `FrameError`, as soon as a length is known to be too long. */
  push(chunk: Uint8Array): Frame[] {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    const frames: Frame[] = []
    while (this.#held >= lengthBytes) {
      const total = this.#first(lengthBytes).readUInt32LE(0)
      if (total > this.#maxBytes || total < lengthBytes)
        throw new FrameError(`a frame says it is ${total} bytes long; 4 to ${this.#maxBytes} are allowed`)
      if (this.#held < lengthBytes + total) break
      frames.push(decode(this.#take(lengthBytes + total)))
    }
    return frames
  }

  /** The first bytes, in one piece. */
  #first(length: number): Buffer {
    const [first] = this.#chunks
    if (first !== undefined && first.length >= length) return asBuffer(first)
    // Joined when a length is split over chunks, and once when a frame is complete: never per chunk of a long frame.
    const joined = Buffer.concat(this.#chunks)
    this.#chunks = [joined]
    return joined
  }

  #take(length: number): Buffer {
    const bytes = this.#first(length)
    this.#held -= length
    if (bytes.length === length) this.#chunks.shift()
    else this.#chunks[0] = bytes.subarray(length)
    return bytes.subarray(0, length)
  }
}

function decode(bytes: Buffer): Frame {
  const headerLength = bytes.readUInt32LE(lengthBytes)
  let at = 2 * lengthBytes + headerLength
  if (at > bytes.length) throw new FrameError('a header is longer than its frame')
  if (headerLength > maxHeaderBytes) throw new FrameError(`a header is longer than ${maxHeaderBytes} bytes`)
  const header = parse(bytes.toString('utf8', 2 * lengthBytes, at))
  const lengths: unknown = typeof header === 'object' && header !== null && 'blobs' in header ? header.blobs : []
  if (!Array.isArray(lengths)) throw new FrameError('`blobs` is no list')
  const blobs: Uint8Array[] = []
  for (const length of lengths as unknown[]) {
    if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0 || at + length > bytes.length)
      throw new FrameError('a blob is longer than its frame')
    blobs.push(bytes.subarray(at, at + length))
    at += length
  }
  if (at !== bytes.length) throw new FrameError(`${bytes.length - at} bytes stand after the last blob`)
  return { header, blobs }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new FrameError('a header is not JSON')
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
