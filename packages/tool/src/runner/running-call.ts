/** How a wait came to its end. */
export type Settled<Output = unknown> =
  | { readonly kind: 'returned'; readonly output: Output }
  | { readonly kind: 'threw'; readonly error: unknown }
  /** It did not end within the grace period; whatever it does later is ignored. */
  | { readonly kind: 'given-up' }

/**
 * A call and its two-stage stop: its signal fires, and after a grace period it is given up. The signal is made when the
 * tool asks for it, and the timer when the tool turns out to wait, since most calls do neither.
 */
export class RunningCall {
  /** Why the call was told to stop, if it was. */
  stopped: 'timeout' | 'cancelled' | undefined
  reason: unknown
  #controller: AbortController | undefined
  readonly #graceMs: number
  #timer: NodeJS.Timeout | undefined
  #giveUp: (() => void) | undefined

  constructor(graceMs: number) {
    this.#graceMs = graceMs
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.stopped !== undefined) this.#controller.abort(this.reason)
    }
    return this.#controller.signal
  }

  /** Waits for the work, or for the end of the grace period after a stop. */
  settle<Output>(work: PromiseLike<Output>, timeoutMs: number): Promise<Settled<Output>> {
    return new Promise((resolve) => {
      const finish = (settled: Settled<Output>): void => {
        clearTimeout(this.#timer)
        this.#giveUp = undefined
        resolve(settled)
      }
      work.then(
        (output) => finish({ kind: 'returned', output }),
        (error: unknown) => finish({ kind: 'threw', error }),
      )
      this.#giveUp = () => finish({ kind: 'given-up' })
      this.#timer = setTimeout(() => {
        this.stop('timeout', new DOMException(`The call ran longer than ${timeoutMs} ms.`, 'TimeoutError'))
      }, timeoutMs)
    })
  }

  stop(why: 'timeout' | 'cancelled', reason: unknown): void {
    if (this.#giveUp === undefined || this.stopped === 'cancelled') return
    // A rollout may be cancelled while a call that ran out of time is in its grace period, which goes on then.
    const first = this.stopped === undefined
    this.stopped = why
    this.reason = reason
    if (!first) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#giveUp, this.#graceMs)
    this.#controller?.abort(reason)
  }
}
