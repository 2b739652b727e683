import { FaultError } from '@interleave/trajectory'
import type { Verdict, VerifierContext } from './verifier.ts'

const pending = Symbol('pending')
const alreadySettled = Promise.resolve(pending)

/**
 * The context of one call: its signal is made when first read and its timer armed when first needed, because most
 * verifiers decide at once and are run thousands of times a second.
 */
export class VerifierDeadline implements VerifierContext {
  readonly #name: string
  readonly #timeoutMs: number
  readonly #cancel: AbortSignal | undefined
  #controller: AbortController | undefined
  #stopped: { readonly reason: unknown } | undefined

  constructor(name: string, timeoutMs: number, cancel: AbortSignal | undefined) {
    this.#name = name
    this.#timeoutMs = timeoutMs
    this.#cancel = cancel
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#stopped !== undefined) this.#controller.abort(this.#stopped.reason)
    }
    return this.#controller.signal
  }

  /** The verdict, unless the deadline or the cancellation comes first. */
  async settle(verdict: Promise<Verdict>): Promise<Verdict> {
    // A promise that has settled wins against one that settled before it was asked: no timer for it.
    const first = await Promise.race([verdict, alreadySettled])
    return first === pending ? await this.#wait(verdict) : first
  }

  #wait(verdict: Promise<Verdict>): Promise<Verdict> {
    const cancel = this.#cancel
    return new Promise((resolve, reject) => {
      const stop = (reason: unknown): void => {
        release()
        reject(reason)
        this.#stopped = { reason }
        this.#controller?.abort(reason)
      }
      const onCancel = (): void => stop(cancel?.reason)
      const timer = setTimeout(() => {
        const sentence = `Verifier "${this.#name}" gave no verdict within ${this.#timeoutMs} ms; allow it more time or make it faster.`
        stop(new FaultError('verifier', 'verifier_timeout', sentence))
      }, this.#timeoutMs)
      const release = (): void => {
        clearTimeout(timer)
        cancel?.removeEventListener('abort', onCancel)
      }
      cancel?.addEventListener('abort', onCancel, { once: true })
      verdict.then(
        (value) => (release(), resolve(value)),
        (error: unknown) => (release(), reject(error)),
      )
      // It may have fired while the verdict was first looked at.
      if (cancel?.aborted === true) onCancel()
    })
  }
}
