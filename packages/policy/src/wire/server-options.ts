import { HttpClient } from '../http/http-client.ts'
import { serverUrl } from '../http/server-url.ts'

/** How to reach a policy server. */
export interface ServerOptions {
  /** Name of the model to sample. Default: the only one that the server serves. */
  readonly model?: string
  /** Sent as a bearer token. */
  readonly apiKey?: string
  /** The id that stands for an image. Default: what the server says `<|image_pad|>` is. */
  readonly imagePad?: number
  /** Longest that one turn may take once it is sent, in milliseconds. Default 30 minutes. */
  readonly timeoutMs?: number
  /** How long a server that is away or full is asked again, in milliseconds. Default 2 minutes. */
  readonly patienceMs?: number
  /** Most requests under way at once; a server that refuses some gets fewer. Default 2,048. */
  readonly maxInFlight?: number
  /** Ends connecting. */
  readonly signal?: AbortSignal
}

export function openClient(address: string, options: ServerOptions): HttpClient {
  const { apiKey, timeoutMs = 30 * 60_000, patienceMs = 2 * 60_000, maxInFlight = 2_048 } = options
  return new HttpClient({
    url: serverUrl(address),
    ...(apiKey !== undefined && { apiKey }),
    timeoutMs,
    patienceMs,
    maxInFlight,
    maxAnswerBytes: 256 * 2 ** 20,
  })
}
