import { RunningCall, type Settled } from './running-call.ts'

/** All that a rollout waits for now, so that one listener on its signal stops it all. */
export class RunningCalls {
  readonly #signal: AbortSignal
  readonly #running = new Set<RunningCall>()
  readonly #graceMs: number
  #listening = false
  readonly #onAbort = (): void => this.stopAll(this.#signal.reason)

  constructor(signal: AbortSignal, graceMs: number) {
    this.#signal = signal
    this.#graceMs = graceMs
  }

  get active(): boolean {
    return this.#running.size > 0
  }

  create(): RunningCall {
    return new RunningCall(this.#graceMs)
  }

  async settle<Output>(call: RunningCall, work: PromiseLike<Output>, timeoutMs: number): Promise<Settled<Output>> {
    if (!this.#listening) {
      this.#listening = true
      this.#signal.addEventListener('abort', this.#onAbort, { once: true })
    }
    this.#running.add(call)
    try {
      const settled = call.settle(work, timeoutMs)
      if (this.#signal.aborted) call.stop('cancelled', this.#signal.reason)
      return await settled
    } finally {
      this.#running.delete(call)
    }
  }

  stopAll(reason: unknown): void {
    for (const call of this.#running) call.stop('cancelled', reason)
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
  }
}
