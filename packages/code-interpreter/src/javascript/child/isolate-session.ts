import type { Context, Isolate, Reference } from 'isolated-vm'
import type ivm from 'isolated-vm'
import type { RunEnd } from '../messages.ts'
import { Inspector } from './inspector.ts'
import type { IsolateApi } from './isolate/make-api.ts'
import { apiName, preludeText } from './prelude.ts'
import { CellRun } from './cell-run.ts'

/** Room for the heap of a session, in MiB. V8 takes it for a guideline. */
const memoryMb = 128
const mathTimeoutMs = 10_000
// How much later than its time limit a cell that did not stop is stopped once more.
const patienceMs = 100
const detachTimeoutMs = 500

/** What a cell needs of its isolate. */
export interface Chamber {
  readonly isolate: Isolate
  readonly context: Context
  readonly inspector: Inspector
  readonly contextId: number
  /** The inspector's name of the API object. */
  readonly apiId: string
  readonly call: (key: keyof IsolateApi, args: readonly (string | number)[], timeoutMs: number) => Promise<unknown>
  /** Lets the isolate do what waits to be done: what follows an `await`. Resolves to what went wrong, if anything did. */
  readonly settle: (timeoutMs: number) => Promise<unknown>
}

/** One isolate with its state. */
export class IsolateSession {
  readonly #chamber: Chamber
  readonly #broken: Promise<void>
  #seed = 0
  #runs = false
  #stopped = false
  #running: Promise<unknown> = Promise.resolve()

  private constructor(chamber: Chamber, broken: Promise<void>) {
    this.#chamber = chamber
    this.#broken = broken
  }

  static async open({ Isolate }: typeof ivm): Promise<IsolateSession> {
    const { promise: broken, resolve } = Promise.withResolvers<void>()
    const isolate = new Isolate({ memoryLimit: memoryMb, inspector: true, onCatastrophicError: () => resolve() })
    const context = await isolate.createContext({ inspector: true })
    const inspector = new Inspector(isolate.createInspectorSession())
    const contextId = await inspector.contextId()
    await context.eval(preludeText, { filename: 'prelude' })
    const named = await inspector.send('Runtime.evaluate', { expression: apiName, contextId })
    const { objectId: apiId } = (named.result as { result: { objectId: string } }).result
    const api = (await context.global.get(apiName, { reference: true })) as Reference<IsolateApi>
    const methods = new Map<string, Reference<(...args: unknown[]) => unknown>>()
    for (const key of ['take', 'seed', 'keepMath', 'watch', 'tell'] as const)
      methods.set(key, (await api.get(key, { reference: true })) as never)
    await context.global.delete(apiName)
    const nothing = await isolate.compileScript('0')
    return new IsolateSession(
      {
        isolate,
        context,
        inspector,
        contextId,
        apiId,
        call: async (key, args, timeout) =>
          methods.get(key)?.apply(undefined, [...args], { timeout, result: { copy: true } }),
        settle: (timeout) =>
          nothing.run(context, { timeout }).then(
            () => undefined,
            (error: unknown) => error,
          ),
      },
      broken,
    )
  }

  /** Rejects where the isolate is gone. Code that broke the prototypes before goes without mathjs. */
  async loadMath(text: string): Promise<void> {
    const { isolate, context, call } = this.#chamber
    try {
      const script = await isolate.compileScript(text, { filename: 'mathjs' })
      await script.run(context, { timeout: mathTimeoutMs, release: true })
      await call('keepMath', [this.#seed], mathTimeoutMs)
    } catch (error) {
      if (isolate.isDisposed) throw error
    }
  }

  async run(code: string, timeoutMs: number, seed: number | undefined): Promise<RunEnd> {
    const chamber = this.#chamber
    const work = async (): Promise<RunEnd> => {
      if (seed !== undefined) await chamber.call('seed', [seed], timeoutMs)
      return new CellRun(chamber, timeoutMs).run(code)
    }
    this.#seed = seed ?? this.#seed
    const crashed = this.#broken.then((): RunEnd => ({ end: 'crashed' }))
    const ended = work().catch((): RunEnd => ({ end: 'crashed' }))
    this.#running = ended
    this.#runs = true
    this.#stopped = false
    // What nothing can interrupt goes on all the same; then no reply is sent, and the host ends us all.
    const timer = setTimeout(() => this.#stop(), timeoutMs + patienceMs)
    try {
      const end = await Promise.race([crashed, ended])
      return this.#stopped && end.end === 'replied' ? { end: 'time_limit', output: end.output } : end
    } finally {
      this.#runs = false
      clearTimeout(timer)
    }
  }

  /**
   * Resolves when the isolate's thread has stopped, which may be never, to whether the isolate is gone. isolated-vm
   * deadlocks where an isolate goes before its inspector; one that cannot be taken off stays with it.
   */
  async close(): Promise<boolean> {
    const { isolate, inspector, settle } = this.#chamber
    this.#stop()
    await this.#running
    if (isolate.isDisposed || !(await inspector.detach())) return false
    // The thread takes leave of the inspector before it does this.
    await settle(detachTimeoutMs)
    isolate.dispose()
    return true
  }

  #stop(): void {
    const { isolate, inspector } = this.#chamber
    if (!this.#runs || isolate.isDisposed) return
    this.#stopped = true
    void inspector.send('Runtime.terminateExecution')
  }
}
