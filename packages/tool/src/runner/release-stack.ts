import { messageOf } from '@interleave/trajectory'
import { RunningCall } from './running-call.ts'

type Release = () => void | Promise<void>

interface Entry {
  readonly owner: string
  readonly release: Release
}

/** What a rollout must release: last registered first, each once and with a deadline of its own. Failures are recorded. */
export class ReleaseStack {
  readonly failures: string[] = []
  readonly #timeoutMs: number
  #entries: Entry[] = []
  #closed = false

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** What comes after the end, such as a state that was set up too late, is released at once. */
  push(owner: string, release: Release): void {
    if (this.#closed) void this.#run({ owner, release })
    else this.#entries.push({ owner, release })
  }

  /** Releases what one owner registered. */
  async release(owner: string): Promise<void> {
    const own = this.#entries.filter((entry) => entry.owner === owner)
    this.#entries = this.#entries.filter((entry) => entry.owner !== owner)
    for (const entry of own.toReversed()) await this.#run(entry)
  }

  async close(): Promise<void> {
    this.#closed = true
    const all = this.#entries
    this.#entries = []
    for (const entry of all.toReversed()) await this.#run(entry)
  }

  async #run({ owner, release }: Entry): Promise<void> {
    const work = (async () => release())()
    const settled = await new RunningCall(0).settle(work, this.#timeoutMs)
    if (settled.kind === 'threw') this.failures.push(`${owner}: ${messageOf(settled.error)}`)
    if (settled.kind === 'given-up')
      this.failures.push(`${owner}: the release did not end within ${this.#timeoutMs} ms`)
  }
}

/** The release of a value that brings its own. */
export function disposerOf(value: unknown): Release | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  const { [Symbol.asyncDispose]: later, [Symbol.dispose]: now } = value as Partial<AsyncDisposable & Disposable>
  if (later !== undefined) return async () => later.call(value)
  return now === undefined ? undefined : () => now.call(value)
}
