import { messageOf } from '@interleave/trajectory'
import { RunningCall } from './running-call.ts'

type Release = () => void | Promise<void>

interface Entry {
  readonly owner: string
  readonly release: Release
}

/**
 * What a rollout must release: last registered first, each once. All releases of a rollout share one amount of time; when
 * it is used up, those left are started and not waited for. Failures are recorded.
 */
export class ReleaseStack {
  readonly failures: string[] = []
  readonly #timeoutMs: number
  #leftMs: number
  #entries: Entry[] = []
  #closed = false

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
    this.#leftMs = timeoutMs
  }

  /** What comes after the end, such as a state that was set up too late, is released at once. */
  push(owner: string, release: Release): void {
    if (this.#closed) void this.#run({ owner, release }, this.#timeoutMs)
    else this.#entries.push({ owner, release })
  }

  /** Releases what one owner registered. */
  async release(owner: string): Promise<void> {
    const own = this.#entries.filter((entry) => entry.owner === owner)
    this.#entries = this.#entries.filter((entry) => entry.owner !== owner)
    await this.#runAll(own.toReversed())
  }

  async close(): Promise<void> {
    this.#closed = true
    const all = this.#entries
    this.#entries = []
    if (all.length > 0) await this.#runAll(all.toReversed())
  }

  async #runAll(entries: readonly Entry[]): Promise<void> {
    let next = 0
    for (; next < entries.length && this.#leftMs > 0; next += 1) {
      const started = performance.now()
      const inTime = await this.#run(entries[next] as Entry, this.#leftMs)
      // A timer may fire a fraction of a millisecond early: one that was given up has used all there was.
      this.#leftMs = inTime ? this.#leftMs - (performance.now() - started) : 0
    }
    // Started all the same, so that one that hangs does not keep the memory and processes of the others.
    await Promise.all(entries.slice(next).map((entry) => this.#run(entry, 0)))
  }

  async #run({ owner, release }: Entry, timeoutMs: number): Promise<boolean> {
    const work = (async () => release())()
    const settled = await new RunningCall(0).settle(work, timeoutMs)
    if (settled.kind === 'threw') this.failures.push(`${owner}: ${messageOf(settled.error)}`)
    if (settled.kind === 'given-up')
      this.failures.push(
        `${owner}: the release did not end within the ${this.#timeoutMs} ms that all releases of a rollout have together`,
      )
    return settled.kind !== 'given-up'
  }
}

/** The release of a value that brings its own. */
export function disposerOf(value: unknown): Release | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  const { [Symbol.asyncDispose]: later, [Symbol.dispose]: now } = value as Partial<AsyncDisposable & Disposable>
  if (later !== undefined) return async () => later.call(value)
  return now === undefined ? undefined : () => now.call(value)
}
