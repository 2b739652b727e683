import { channel } from 'node:diagnostics_channel'
import { FaultError, isInterleaveError } from '@interleave/trajectory'
import { Agent } from 'undici'
import { isBeforeAnswer } from './connection-fault.ts'
import type { Answer, Exchange } from './exchange.ts'
import { InFlightLimit, type Outcome } from './in-flight-limit.ts'
import { retryDelay } from './retry-delay.ts'
import { sendOnce } from './send-once.ts'
import { statusFault } from './status-fault.ts'
import { orAborted } from './or-aborted.ts'
import { wait } from './wait.ts'

export interface HttpSettings {
  readonly url: URL
  readonly apiKey?: string
  /** Longest that one request may take, in milliseconds. */
  readonly timeoutMs: number
  /** How long a server that is away or full is asked again, in milliseconds. */
  readonly patienceMs: number
  readonly maxInFlight: number
  readonly maxAnswerBytes: number
}

const retries = channel('interleave.policy.retry')
const shortMs = 30_000

/** Speaks to one server: sampling with retries and a limit, and short questions without. Disposing closes every connection. */
export class HttpClient implements AsyncDisposable {
  readonly settings: HttpSettings
  readonly limit: InFlightLimit
  /** Run before the next request once a connection was lost: what answers now may be another server. */
  confirm: ((signal: AbortSignal) => Promise<void>) | undefined
  readonly #agent: Agent
  readonly #headers: Record<string, string>
  #suspect = false
  #confirming: Promise<void> | undefined

  constructor(settings: HttpSettings) {
    this.settings = settings
    this.limit = new InFlightLimit(settings.maxInFlight)
    this.#headers = settings.apiKey === undefined ? {} : { authorization: `Bearer ${settings.apiKey}` }
    this.#agent = new Agent({
      // A long turn takes longer than the limits of 300 s; the deadlines are ours.
      headersTimeout: 0,
      bodyTimeout: 0,
      // Servers close a connection that was idle for 5 s: be sure to do so before.
      keepAliveTimeout: 3_000,
      keepAliveMaxTimeout: 3_000,
      pipelining: 1,
      connections: null,
      allowH2: false,
      maxResponseSize: settings.maxAnswerBytes,
    })
  }

  get url(): URL {
    return this.settings.url
  }

  /**
   * A short question, which may be asked twice: where this process was held up, the server may have closed the connection
   * that it goes out on. Any status is an answer.
   */
  async ask(exchange: Exchange, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#send(exchange, signal, shortMs)
    } catch (error) {
      if (!isInterleaveError(error, 'connection_lost')) throw error
      return this.#send(exchange, signal, shortMs)
    }
  }

  async #send(exchange: Exchange, signal: AbortSignal, timeoutMs: number): Promise<Answer> {
    return sendOnce(exchange, signal, {
      dispatcher: this.#agent,
      url: this.url,
      headers: this.#headers,
      timeoutMs: Math.min(timeoutMs, this.settings.timeoutMs),
    })
  }

  /**
   * A successful answer to a request for tokens. Asked again where the server refused the connection, closed it before it
   * answered, or said 429 or 503; each time `make` gives the request anew, so that attempts have their own ids.
   * `waiting` ends the waits, `closing` the request under way.
   */
  async sample(make: (attempt: number) => Exchange, waiting: AbortSignal, closing: AbortSignal): Promise<Answer> {
    let failingSince: number | undefined
    for (let attempt = 0; ; attempt += 1) {
      const { answer, fault } = await this.#attempt(() => make(attempt), waiting, closing)
      if (fault === undefined) return answer
      const delay = retryDelay(attempt, answer?.retryAfter)
      waiting.throwIfAborted()
      // Not from the start: it may have waited long for its place.
      failingSince ??= performance.now()
      if (performance.now() - failingSince + delay > this.settings.patienceMs) throw fault
      if (retries.hasSubscribers) retries.publish({ url: this.url.href, attempt, delayMs: delay, code: fault.code })
      await wait(delay, waiting)
    }
  }

  async #attempt(make: () => Exchange, waiting: AbortSignal, closing: AbortSignal): Promise<Attempt> {
    await this.limit.enter(waiting)
    let outcome: Outcome = 'failed'
    try {
      if (this.#suspect) await orAborted(this.#confirmOnce(), waiting)
      // Not before: those who wait hold no encoded request.
      const exchange = make()
      const answer = await this.#send(exchange, closing, this.settings.timeoutMs)
      outcome = 'answered'
      if (answer.status >= 200 && answer.status < 300) return { answer }
      const fault = statusFault(answer, this.url, exchange.path)
      if (fault.code !== 'overloaded') throw fault
      outcome = 'overloaded'
      return { answer, fault }
    } catch (error) {
      if (!isInterleaveError(error) || !(error instanceof FaultError)) throw error
      if (isBeforeAnswer(error) || error.code === 'answer_cut') this.#suspect = true
      // A server that is starting again refuses also to say who it is.
      if (!isBeforeAnswer(error) && error.code !== 'overloaded') throw error
      return { fault: error }
    } finally {
      this.limit.leave(outcome)
    }
  }

  /** One question for all that wait for its answer, so that no one's signal ends it. */
  #confirmOnce(): Promise<void> {
    this.#confirming ??= (async () => {
      try {
        await this.confirm?.(new AbortController().signal)
        this.#suspect = false
      } finally {
        this.#confirming = undefined
      }
    })()
    return this.#confirming
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
  }
}

type Attempt =
  | { readonly answer: Answer; readonly fault?: never }
  | { readonly answer?: Answer; readonly fault: FaultError }
