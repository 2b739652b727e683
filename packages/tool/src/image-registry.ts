import { contentHash, FaultError, type Box, type Image, type PixelLimits } from '@interleave/trajectory'
import { z } from 'zod'
import { newImageSchema } from './new-image-schema.ts'

/** An image as a tool hands it over: encoded bytes. The registry hashes and numbers it. */
export interface NewImage {
  readonly bytes: Uint8Array
  readonly mime: string
  readonly width: number
  readonly height: number
  readonly parent?: { readonly hash: string; readonly box: Box }
  readonly limits?: PixelLimits
}

/** An image of this rollout. `index` counts from 0 in order of appearance in the conversation. */
export interface RegisteredImage extends Image {
  readonly index: number
}

/** A rollout's images, in order of appearance: the task's first, then what tools added. Two entries may hold the same bytes. */
export interface ImageList extends Iterable<RegisteredImage> {
  readonly length: number
  get(index: number): RegisteredImage | undefined
  /** The first entry with these bytes. */
  find(hash: string): RegisteredImage | undefined
}

/** The images as one call sees them. What it adds joins the rollout's list when the call succeeds, and is dropped when it fails. */
export interface ImageRegistry extends ImageList {
  /** Gives the image the next index. Throws a fault for an image that is not well formed, and in a tool whose calls may overlap: such
   * a tool returns its images instead. */
  add(image: NewImage): RegisteredImage
}

/** The append-only list behind both. */
export class ImageLog implements ImageList {
  readonly #images: RegisteredImage[] = []

  constructor(images: readonly Image[]) {
    this.append(images)
  }

  get length(): number {
    return this.#images.length
  }

  get(index: number): RegisteredImage | undefined {
    return this.#images[index]
  }

  find(hash: string): RegisteredImage | undefined {
    return this.#images.find((image) => image.hash === hash)
  }

  [Symbol.iterator](): Iterator<RegisteredImage> {
    return this.#images.values()
  }

  /** Returns the new entries. */
  append(images: readonly Image[]): RegisteredImage[] {
    if (images.length === 0) return []
    const from = this.#images.length
    for (const image of images) this.#images.push(Object.freeze({ ...image, index: this.#images.length }))
    return this.#images.slice(from)
  }
}

/** The view of one call: the log as it stood when the call began, and what the call added. */
export class CallImages implements ImageRegistry {
  readonly added: RegisteredImage[] = []
  readonly #log: ImageLog
  readonly #base: number
  #refusal: string | undefined

  constructor(log: ImageLog, refusal?: string) {
    this.#log = log
    this.#base = log.length
    this.#refusal = refusal
  }

  get length(): number {
    return this.#base + this.added.length
  }

  get(index: number): RegisteredImage | undefined {
    return index < this.#base ? this.#log.get(index) : this.added[index - this.#base]
  }

  find(hash: string): RegisteredImage | undefined {
    for (const image of this) if (image.hash === hash) return image
    return undefined
  }

  *[Symbol.iterator](): Generator<RegisteredImage> {
    for (let index = 0; index < this.length; index += 1) yield this.get(index) as RegisteredImage
  }

  add(image: NewImage): RegisteredImage {
    if (this.#refusal !== undefined) throw new FaultError('tool', 'late_image', this.#refusal)
    return this.stage(image)
  }

  /** `add` for images that a tool returned, which no rule refuses. */
  stage(image: NewImage): RegisteredImage {
    const read = newImageSchema.safeParse(image)
    if (!read.success)
      throw new FaultError('tool', 'bad_output', `A tool added an image of no use: ${z.prettifyError(read.error)}`)
    const { bytes, mime, width, height, parent, limits } = read.data
    const registered: RegisteredImage = Object.freeze({
      hash: contentHash(bytes),
      mime,
      width,
      height,
      ...(parent === undefined ? {} : { parent }),
      ...(limits === undefined ? {} : { limits }),
      bytes,
      index: this.length,
    })
    this.added.push(registered)
    return registered
  }

  /** Nothing can be added once the call is over, so that a late one does not reach the next call. */
  close(): void {
    this.#refusal = 'This call is over, so it cannot add images any more.'
  }
}
