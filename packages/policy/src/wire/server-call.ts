import { randomUUID } from 'node:crypto'
import { isInterleaveError } from '@interleave/trajectory'
import type { HttpClient } from '../http/http-client.ts'
import { wait } from '../http/wait.ts'
import type { Wire, WireReply, WireTurn } from './wire.ts'

/** Time for an aborted request to come back with what was drawn; its connection is closed after that. */
const graceMs = 5_000
/** The order may overtake the request itself, so that it is given again. */
const againMs = 100

/** After these the server may still be drawing. */
const leftAtWork = new Set(['answer_cut', 'connection_lost', 'timed_out'])

/** One turn asked of a server, with what becomes of it when the signal fires. */
export class ServerCall {
  readonly #wire: Wire
  readonly #client: HttpClient
  readonly #closing = new AbortController()
  readonly #underWay = randomUUID().slice(0, 8)
  #id = ''

  constructor(wire: Wire, client: HttpClient) {
    this.#wire = wire
    this.#client = client
  }

  /**
   * The reply. When the signal fires, the server is asked to give back what it drew, and otherwise the connection is closed
   * and the signal's reason thrown.
   */
  async run(turn: Omit<WireTurn, 'id'> & { readonly requestId: string }, signal: AbortSignal): Promise<WireReply> {
    signal.throwIfAborted()
    const onAbort = (): void => void this.#end(signal)
    signal.addEventListener('abort', onAbort, { once: true })
    let sent: WireTurn = { ...turn, id: '' }
    try {
      const make = (attempt: number): ReturnType<Wire['exchange']> => {
        // An id of its own for each attempt: an earlier one may still be at work on the server.
        this.#dropEarlier(attempt)
        this.#id = `${turn.requestId}~${this.#underWay}${attempt === 0 ? '' : `.${attempt}`}`
        sent = { ...turn, id: this.#id }
        return this.#wire.exchange(sent)
      }
      const answer = await this.#client.sample(make, signal, this.#closing.signal)
      return this.#wire.read(answer, sent)
    } catch (error) {
      // Closing a connection ends a request on most servers; not on all of them.
      if (!signal.aborted && isInterleaveError(error) && leftAtWork.has(error.code)) void this.#order(this.#id)
      throw error
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#closing.abort()
    }
  }

  async #end(signal: AbortSignal): Promise<void> {
    const ended = this.#closing.signal
    const close = (): void => this.#closing.abort(signal.reason)
    // Also where the order itself finds no answer.
    const timer = setTimeout(close, graceMs)
    ended.addEventListener('abort', () => clearTimeout(timer), { once: true })
    try {
      while (this.#wire.abort !== undefined && this.#id !== '') {
        if (!(await this.#wire.abort(this.#client, this.#id, ended))) break
        await wait(againMs, ended)
      }
    } catch {
      // Closing the connection is what is left.
    }
    close()
  }

  #dropEarlier(attempt: number): void {
    if (attempt > 0 && this.#id !== '') void this.#order(this.#id)
  }

  async #order(id: string): Promise<void> {
    try {
      await this.#wire.abort?.(this.#client, id, AbortSignal.timeout(graceMs))
    } catch {
      // It was only to spare the server work.
    }
  }
}
