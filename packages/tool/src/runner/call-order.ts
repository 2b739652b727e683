/** What a call waits for before it starts and before it ends; undefined when there is nothing. */
export interface Place {
  readonly start?: Promise<unknown> | undefined
  readonly finish?: Promise<unknown> | undefined
  /** Made again for a branch: its images are known already. */
  readonly replay?: boolean
}

const free: Place = {}

/**
 * The order of a rollout's calls. A serial call starts after all before it; a parallel one after the serial ones before
 * it. Calls end in the order they were made in, so that images are numbered the same whatever was faster.
 */
export class CallOrder {
  #waiting = 0
  #last: Promise<unknown> | undefined
  #lastSerial: Promise<unknown> | undefined

  async enter<Result>(parallel: boolean, work: (place: Place) => Promise<Result>): Promise<Result> {
    const place = this.#waiting === 0 ? free : { start: parallel ? this.#lastSerial : this.#last, finish: this.#last }
    this.#waiting += 1
    const running = work(place)
    // What a call waits for never fails it: each caller hears of its own.
    const ended = running.then(ignore, ignore)
    this.#last = ended
    if (!parallel) this.#lastSerial = ended
    try {
      return await running
    } finally {
      this.#waiting -= 1
      if (this.#waiting === 0) {
        this.#last = undefined
        this.#lastSerial = undefined
      }
    }
  }

  /** Resolves when all calls made so far have ended. */
  async idle(): Promise<void> {
    await this.#last
  }
}

function ignore(): void {}
