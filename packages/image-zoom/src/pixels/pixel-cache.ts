import type { Image } from '@interleave/trajectory'
import { channels, type Pixels } from './pixels.ts'

interface Entry {
  readonly pixels: Promise<Pixels>
  readonly bytes: number
}

/**
 * Decoded images by content, shared by all rollouts: decoding is most of a zoom into a photograph. The least recently used
 * go when their sum is over the limit; rollouts that ask for the same image at once share one decoding.
 */
export class PixelCache {
  readonly #decode: (image: Image) => Promise<Pixels>
  readonly #maxBytes: number
  // In order of use, oldest first.
  readonly #entries = new Map<string, Entry>()
  #bytes = 0

  constructor(maxBytes: number, decode: (image: Image) => Promise<Pixels>) {
    this.#maxBytes = maxBytes
    this.#decode = decode
  }

  /** Bytes of the images it holds, those being decoded included. */
  get bytes(): number {
    return this.#bytes
  }

  get(image: Image): Promise<Pixels> {
    const found = this.#entries.get(image.hash)
    if (found !== undefined) {
      this.#entries.delete(image.hash)
      this.#entries.set(image.hash, found)
      return found.pixels
    }
    const entry = { pixels: this.#decode(image), bytes: image.width * image.height * channels }
    this.#entries.set(image.hash, entry)
    this.#bytes += entry.bytes
    // A failure is not kept: the next one to ask hears it for itself.
    entry.pixels.catch(() => this.#remove(image.hash, entry))
    for (const [hash, oldest] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break
      this.#remove(hash, oldest)
    }
    return entry.pixels
  }

  #remove(hash: string, entry: Entry): void {
    if (this.#entries.get(hash) !== entry) return
    this.#entries.delete(hash)
    this.#bytes -= entry.bytes
  }
}
