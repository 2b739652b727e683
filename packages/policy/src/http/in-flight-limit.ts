import { FaultError } from '@interleave/trajectory'

interface Waiting {
  readonly admit: () => void
}

/** What the server made of a request that was let through. */
export type Outcome = 'answered' | 'overloaded' | 'failed'

// A quarter for each answer: after a cut the limit is back at any level within a few rounds.
const growth = 0.25

/**
 * How many requests may be under way. A server that refuses one for its load can hold what it still holds: that becomes the
 * limit, which then grows with each answer. Those who wait are let through in order.
 */
export class InFlightLimit {
  readonly #most: number
  readonly #longestQueue: number
  readonly #waiting = new Set<Waiting>()
  #limit: number
  #inFlight = 0

  constructor(most: number, longestQueue = 65_536) {
    this.#most = most
    this.#longestQueue = longestQueue
    this.#limit = most
  }

  get limit(): number {
    return Math.floor(this.#limit)
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** Waits for a place. Rejects with the signal's reason, or with an `overloaded` fault where too many wait already. */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#inFlight < this.limit && this.#waiting.size === 0) {
      this.#inFlight += 1
      return
    }
    if (this.#waiting.size >= this.#longestQueue)
      throw new FaultError(
        'policy',
        'overloaded',
        `${this.#waiting.size} requests wait for the policy server already; ask for fewer rollouts at once.`,
      )
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiting)
        reject(signal.reason as Error)
      }
      const waiting: Waiting = {
        admit() {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.add(waiting)
    })
  }

  leave(outcome: Outcome): void {
    this.#inFlight -= 1
    if (outcome === 'overloaded') this.#limit = Math.max(1, Math.min(this.#limit, this.#inFlight))
    if (outcome === 'answered') this.#limit = Math.min(this.#most, this.#limit + growth)
    for (const waiting of this.#waiting) {
      if (this.#inFlight >= this.limit) return
      this.#waiting.delete(waiting)
      this.#inFlight += 1
      waiting.admit()
    }
  }
}
