import { LRUCache } from 'lru-cache'
import { untilAborted } from './until-aborted.ts'

/** An encoded region. Many rollouts may hold the same bytes: they are never written to. */
export interface EncodedRegion {
  readonly bytes: Uint8Array
  readonly mime: string
}

/** Makes a region, and may stop early once the signal fires: then nobody waits for it any more. */
export type MakeRegion = (signal: AbortSignal) => Promise<EncodedRegion>

interface Rendering {
  readonly result: Promise<EncodedRegion>
  readonly abandoned: AbortController
  waiting: number
}

/**
 * Encoded regions by name, shared by all rollouts: those of one question zoom into the same places. The least recently used
 * go when their bytes are over the limit. Those who ask for a region that is being made wait for that one, and it is given
 * up only when the last of them has stopped waiting. A failure reaches all who wait, and is not kept.
 */
export class RegionCache {
  readonly #kept: LRUCache<string, EncodedRegion>
  readonly #rendering = new Map<string, Rendering>()

  /** A region larger than `maxBytes` is not kept. */
  constructor(maxBytes: number) {
    this.#kept = new LRUCache({
      // It takes whole numbers from 1 on; no image is as small as one byte.
      maxSize: Math.min(Number.MAX_SAFE_INTEGER, Math.max(1, Math.floor(maxBytes) || 1)),
      sizeCalculation: ({ bytes }) => bytes.byteLength,
    })
  }

  /** Encoded bytes of the regions it holds. */
  get bytes(): number {
    return this.#kept.calculatedSize
  }

  /** The region of this name: the same object each time while it is kept. Rejects with the signal's reason when that fires. */
  async get(name: string, make: MakeRegion, signal: AbortSignal): Promise<EncodedRegion> {
    signal.throwIfAborted()
    const kept = this.#kept.get(name)
    if (kept !== undefined) return kept
    const rendering = this.#rendering.get(name) ?? this.#start(name, make)
    rendering.waiting += 1
    return untilAborted(rendering.result, signal, () => {
      rendering.waiting -= 1
      if (rendering.waiting > 0) return
      // Whoever asks from now on must not get a rendering that is about to stop.
      this.#forget(name, rendering)
      rendering.abandoned.abort(signal.reason)
    })
  }

  #start(name: string, make: MakeRegion): Rendering {
    const abandoned = new AbortController()
    const rendering: Rendering = { result: make(abandoned.signal), abandoned, waiting: 0 }
    this.#rendering.set(name, rendering)
    const keep = (region: EncodedRegion): void => {
      this.#kept.set(name, region)
      this.#forget(name, rendering)
    }
    rendering.result.then(keep, () => this.#forget(name, rendering))
    return rendering
  }

  #forget(name: string, rendering: Rendering): void {
    if (this.#rendering.get(name) === rendering) this.#rendering.delete(name)
  }
}
