import type { Image } from '@interleave/trajectory'
import type { Kind } from '../kinds.ts'
import { look } from './look.ts'
import { quadrantPeaks } from './quadrants.ts'
import { readPlate, type Reading } from './read-plate.ts'
import { encodeView, type View } from './view.ts'

const mostRemembered = 4096

/** One image as the policy sees it, and what it makes of it, each worked out once. */
export class Sight {
  readonly view: View
  #look: Float64Array | undefined
  #quadrants: Float64Array | undefined
  readonly #readings = new Map<Kind, Reading>()

  constructor(view: View) {
    this.view = view
  }

  /** What stands out in each patch: rows of `lookFeatures`. */
  get patches(): Float64Array {
    return (this.#look ??= look(this.view))
  }

  /** What stands out most in each quadrant: rows of `lookFeatures` for top left, top right, bottom left, bottom right. */
  get quadrants(): Float64Array {
    return (this.#quadrants ??= quadrantPeaks(this.patches, this.view))
  }

  reading(kind: Kind): Reading {
    let reading = this.#readings.get(kind)
    if (reading === undefined) {
      reading = readPlate(this.view, kind)
      this.#readings.set(kind, reading)
    }
    return reading
  }
}

/** Looks at images, and remembers the last few thousand by their content. */
export class Perception {
  readonly #sights = new Map<string, Sight>()
  readonly #pending = new Map<string, Promise<Sight>>()

  /** What is remembered of these images, or undefined where one has not been seen yet. */
  remembered(images: readonly Pick<Image, 'hash'>[]): Sight[] | undefined {
    const sights: Sight[] = []
    for (const { hash } of images) {
      const sight = this.#sights.get(hash)
      if (sight === undefined) return undefined
      sights.push(sight)
    }
    return sights
  }

  async see(images: readonly Image[]): Promise<Sight[]> {
    return Promise.all(images.map(async (image) => this.#sights.get(image.hash) ?? this.#encode(image)))
  }

  #encode(image: Image): Promise<Sight> {
    const pending = this.#pending.get(image.hash)
    if (pending !== undefined) return pending
    const encoding = encodeView(image)
      .then((view) => {
        const sight = new Sight(view)
        // The oldest goes: which are remembered changes speed, never what is seen.
        for (const oldest of this.#sights.keys()) {
          if (this.#sights.size < mostRemembered) break
          this.#sights.delete(oldest)
        }
        this.#sights.set(image.hash, sight)
        return sight
      })
      .finally(() => this.#pending.delete(image.hash))
    this.#pending.set(image.hash, encoding)
    return encoding
  }
}
