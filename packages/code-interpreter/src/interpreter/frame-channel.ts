import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { encodeFrame, FrameReader, type Frame } from './frame.ts'

/** How an exchange ended. After anything but a reply the channel is closed. */
export type Exchange =
  | { readonly kind: 'reply'; readonly frame: Frame }
  /** The other side hung up, or was hung up on by `close`. */
  | { readonly kind: 'closed' }
  /** It sent something that is not the one reply asked for. */
  | { readonly kind: 'violation'; readonly reason: string }

/**
 * Questions and answers with a process that is not trusted. Each request has a nonce of its own and gets exactly one reply
 * that repeats it; a byte that is not part of such a reply closes the channel for good, so that a late or forged answer
 * is never taken for that of a later request.
 */
export class FrameChannel {
  readonly #stream: Duplex
  readonly #reader: FrameReader
  #waiting: { readonly nonce: string; readonly resolve: (end: Exchange) => void } | undefined
  #end: Exchange | undefined

  constructor(stream: Duplex, maxFrameBytes: number) {
    this.#stream = stream
    this.#reader = new FrameReader(maxFrameBytes)
    stream.on('data', (chunk: Uint8Array) => this.#read(chunk))
    stream.on('error', () => this.#finish({ kind: 'closed' }))
    stream.on('end', () => this.#finish({ kind: 'closed' }))
    stream.on('close', () => this.#finish({ kind: 'closed' }))
  }

  /** How the channel ended, if it has. */
  get ended(): Exchange | undefined {
    return this.#end
  }

  /** Sends one request, waits for its reply. One at a time; never rejects. */
  exchange(header: Readonly<Record<string, unknown>>, blobs: readonly Uint8Array[] = []): Promise<Exchange> {
    if (this.#end !== undefined) return Promise.resolve(this.#end)
    if (this.#waiting !== undefined) throw new Error('A request is under way; wait for its reply.')
    const nonce = randomUUID()
    return new Promise((resolve) => {
      this.#waiting = { nonce, resolve }
      this.#stream.write(encodeFrame({ nonce, ...header }, blobs))
    })
  }

  close(): void {
    this.#finish({ kind: 'closed' })
  }

  #read(chunk: Uint8Array): void {
    if (this.#end !== undefined) return
    try {
      for (const frame of this.#reader.push(chunk)) this.#answer(frame)
    } catch (error) {
      return this.#violation((error as Error).message)
    }
    // A reply that has begun is part of the exchange; anything else while nobody asked is not.
    if (this.#reader.held > 0 && this.#waiting === undefined) this.#violation('bytes that nobody asked for')
  }

  #answer(frame: Frame): void {
    if (this.#end !== undefined) return
    const waiting = this.#waiting
    const { header } = frame
    const nonce = typeof header === 'object' && header !== null && 'nonce' in header ? header.nonce : undefined
    if (waiting === undefined) return this.#violation('a frame that nobody asked for')
    if (nonce !== waiting.nonce) return this.#violation('a frame that answers another request')
    this.#waiting = undefined
    waiting.resolve({ kind: 'reply', frame })
  }

  #violation(reason: string): void {
    this.#finish({ kind: 'violation', reason })
  }

  #finish(end: Exchange): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#stream.destroy()
    this.#waiting?.resolve(end)
    this.#waiting = undefined
  }
}
