import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { encodeFrame, FrameReader, type Frame } from '../interpreter/frame.ts'
import type { Exchange } from '../interpreter/frame-channel.ts'

/**
 * Questions and answers with a process that is not trusted, many at a time: each request has a nonce of its own and gets
 * exactly one reply that repeats it. A byte that is not part of such a reply closes the channel for good.
 */
export class RequestChannel {
  readonly #stream: Duplex
  readonly #reader: FrameReader
  readonly #onEnd: (end: Exchange) => void
  readonly #waiting = new Map<string, (end: Exchange) => void>()
  #end: Exchange | undefined

  /** @param onEnd called once, before the requests under way are told. */
  constructor(stream: Duplex, maxFrameBytes: number, onEnd: (end: Exchange) => void) {
    this.#stream = stream
    this.#reader = new FrameReader(maxFrameBytes)
    this.#onEnd = onEnd
    stream.on('data', (chunk: Uint8Array) => this.#read(chunk))
    for (const event of ['error', 'end', 'close']) stream.on(event, () => this.#finish({ kind: 'closed' }))
  }

  /** How many requests wait for their reply. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Never rejects. */
  request(header: Readonly<Record<string, unknown>>, blobs: readonly Uint8Array[] = []): Promise<Exchange> {
    if (this.#end !== undefined) return Promise.resolve(this.#end)
    const nonce = randomBytes(16).toString('hex')
    return new Promise((resolve) => {
      this.#waiting.set(nonce, resolve)
      this.#stream.write(encodeFrame({ nonce, ...header }, blobs))
    })
  }

  close(): void {
    this.#finish({ kind: 'closed' })
  }

  /** Closes for a reply whose content is not what it may be. */
  refuse(reason: string): void {
    this.#finish({ kind: 'violation', reason })
  }

  #read(chunk: Uint8Array): void {
    if (this.#end !== undefined) return
    try {
      for (const frame of this.#reader.push(chunk)) this.#answer(frame)
    } catch (error) {
      return this.refuse((error as Error).message)
    }
    if (this.#reader.held > 0 && this.#waiting.size === 0) this.refuse('bytes that nobody asked for')
  }

  #answer(frame: Frame): void {
    if (this.#end !== undefined) return
    const { header } = frame
    const nonce = typeof header === 'object' && header !== null && 'nonce' in header ? header.nonce : undefined
    const resolve = typeof nonce === 'string' ? this.#waiting.get(nonce) : undefined
    if (resolve === undefined) return this.refuse('a frame that answers no open request')
    this.#waiting.delete(nonce as string)
    resolve({ kind: 'reply', frame })
  }

  #finish(end: Exchange): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#onEnd(end)
    this.#stream.destroy()
    for (const resolve of this.#waiting.values()) resolve(end)
    this.#waiting.clear()
  }
}
