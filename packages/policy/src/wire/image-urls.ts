import type { Image } from '@interleave/trajectory'

/**
 * Images as data URLs in bytes, made once for each image and not for each turn: by hash, those of a group being the same.
 * Those not used for longest are let go beyond `budget` bytes.
 */
export class ImageUrls {
  readonly #budget: number
  readonly #urls = new Map<string, Buffer>()
  #held = 0
  /** How many were made. */
  made = 0

  constructor(budget = 256 * 2 ** 20) {
    this.#budget = budget
  }

  of(image: Image): Buffer {
    const known = this.#urls.get(image.hash)
    if (known !== undefined) {
      this.#urls.delete(image.hash)
      this.#urls.set(image.hash, known)
      return known
    }
    const { buffer, byteOffset, byteLength } = image.bytes
    const base64 = Buffer.from(buffer, byteOffset, byteLength).toString('base64')
    const url = Buffer.from(`data:${image.mime};base64,${base64}`, 'latin1')
    this.made += 1
    this.#urls.set(image.hash, url)
    this.#held += url.byteLength
    for (const [hash, { byteLength: freed }] of this.#urls) {
      if (this.#held <= this.#budget || hash === image.hash) break
      this.#urls.delete(hash)
      this.#held -= freed
    }
    return url
  }
}
