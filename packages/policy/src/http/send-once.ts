import { Readable } from 'node:stream'
import { FaultError } from '@interleave/trajectory'
import { request, type Dispatcher } from 'undici'
import { connectionFault } from './connection-fault.ts'
import type { Answer, Exchange } from './exchange.ts'

export interface SendSettings {
  readonly dispatcher: Dispatcher
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

/**
 * One request and its whole answer. When the signal fires the connection is closed and the signal's reason thrown; after
 * `timeoutMs` it is closed with a `timed_out` fault. Any other failure is a fault that says what to do.
 */
export async function sendOnce(exchange: Exchange, signal: AbortSignal, settings: SendSettings): Promise<Answer> {
  const { dispatcher, url, timeoutMs } = settings
  signal.throwIfAborted()
  const closing = new AbortController()
  const close = (): void => closing.abort(signal.reason)
  signal.addEventListener('abort', close, { once: true })
  const late = new FaultError(
    'policy',
    'timed_out',
    `The policy server ${url.href} did not answer ${exchange.path} within ${timeoutMs} ms; look whether it hangs, or allow more with timeoutMs.`,
  )
  const timer = setTimeout(() => closing.abort(late), timeoutMs)
  let answering = false
  try {
    const { statusCode, headers, body } = await request(`${url.href.replace(/\/$/, '')}${exchange.path}`, {
      dispatcher,
      method: exchange.method,
      headers: { ...settings.headers, ...exchange.headers, ...contentHeaders(exchange.body) },
      body:
        typeof exchange.body === 'object'
          ? Readable.from(exchange.body, { objectMode: false })
          : (exchange.body ?? null),
      signal: closing.signal,
    })
    answering = true
    const text = await body.text()
    return {
      status: statusCode,
      retryAfter: single(headers['retry-after']),
      location: single(headers['location']),
      text,
    }
  } catch (error) {
    if (closing.signal.aborted) throw closing.signal.reason
    throw connectionFault(error, url, answering)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', close)
  }
}

function contentHeaders(body: Exchange['body']): Record<string, string> {
  if (body === undefined) return {}
  const type = { 'content-type': 'application/json' }
  if (typeof body === 'string') return type
  // Without it the pieces would be sent in chunks, which some proxies refuse.
  return { ...type, 'content-length': String(body.reduce((sum, piece) => sum + piece.byteLength, 0)) }
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
