import { connect, type Socket } from 'node:net'
import { FaultError } from '@interleave/trajectory'
import { z } from 'zod'
import { encodeFrame, FrameReader } from '../interpreter/frame.ts'
import { FrameChannel, type Exchange } from '../interpreter/frame-channel.ts'
import type { Cell, CellEnd, CellReply, InterpreterSession } from '../interpreter/interpreter-session.ts'

// Of some megabytes each. As many as python/interleave_sandbox/figures.py keeps.
const maxFigures = 10
const maxReplyBytes = 64 * 2 ** 20
const maxEventBytes = 2 ** 20
/** Time to tidy up between the interrupt and the end. */
const graceMs = 500
const readyMs = 60_000

const replySchema = z.object({
  output: z.string(),
  value: z.string().exactOptional(),
  error: z.string().exactOptional(),
})
const eventSchema = z.object({ event: z.string(), reason: z.string().optional(), output: z.string().optional() })
type KeeperEvent = z.infer<typeof eventSchema>

/** A live Python process behind two connections: to the code, which is not believed, and to its keeper, which is. */
export class PythonSession implements InterpreterSession {
  readonly #server: string
  readonly #number: number
  readonly #nextNumber: () => number
  readonly #data: Socket
  readonly #control: Socket
  readonly #channel: FrameChannel
  readonly #events: AsyncIterator<KeeperEvent>

  private constructor(server: string, nextNumber: () => number, from?: number) {
    this.#server = server
    this.#nextNumber = nextNumber
    this.#number = nextNumber()
    const hello = { session: this.#number, ...(from !== undefined && { from }) }
    this.#control = greet(server, { ...hello, role: 'control' })
    this.#data = greet(server, { ...hello, role: 'data' })
    this.#channel = new FrameChannel(this.#data, maxReplyBytes)
    this.#events = keeperEvents(this.#control)
  }

  /** Opens a session of the server that listens at `server`. Rejects with the fault `session_failed`. */
  static async open(server: string, nextNumber: () => number): Promise<PythonSession> {
    const session = new PythonSession(server, nextNumber)
    const reason = await session.#problem()
    if (reason === undefined) return session
    throw new FaultError('sandbox', 'session_failed', `A Python session could not be opened: ${reason}.`)
  }

  async run(cell: Cell, signal: AbortSignal): Promise<CellEnd> {
    signal.throwIfAborted()
    if (this.#channel.ended?.kind === 'violation') return { kind: 'protocol_violation', earlier: true }
    this.#keepAlive(true)
    let late = false
    let timer: NodeJS.Timeout | undefined
    let cancel: (() => void) | undefined
    const stopped = new Promise<'stopped' | 'cancelled'>((resolve) => {
      timer = setTimeout(() => {
        late = true
        this.#tell('interrupt')
        timer = setTimeout(() => resolve('stopped'), graceMs)
      }, cell.timeoutMs)
      cancel = () => resolve('cancelled')
      signal.addEventListener('abort', cancel, { once: true })
    })
    const { code, images, seed } = cell
    const header = { code, ...(seed !== undefined && { seed }), images: images.map(({ mime }) => mime) }
    const blobs = images.map(({ bytes }) => bytes)
    try {
      const end = await Promise.race([this.#channel.exchange(header, blobs), stopped])
      if (end === 'cancelled') throw signal.reason
      if (end === 'stopped') return { kind: 'time_limit', output: await this.#kill() }
      if (end.kind === 'closed' && !late) return { kind: (await this.#endedByItself()) ? 'crashed' : 'displaced' }
      return readEnd(end, late)
    } finally {
      clearTimeout(timer)
      if (cancel !== undefined) signal.removeEventListener('abort', cancel)
      this.#keepAlive(false)
    }
  }

  async fork(): Promise<PythonSession | undefined> {
    const branch = new PythonSession(this.#server, this.#nextNumber, this.#number)
    return (await branch.#problem()) === undefined ? branch : undefined
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#channel.close()
    this.#control.destroy()
    return Promise.resolve()
  }

  /** Waits until the keeper says that cells may come. */
  async #problem(): Promise<string | undefined> {
    const event = await this.#event(readyMs)
    this.#keepAlive(false)
    if (event?.event === 'ready') return undefined
    await this[Symbol.asyncDispose]()
    return event?.reason ?? 'its process ended at once'
  }

  async #event(waitMs: number): Promise<KeeperEvent | undefined> {
    const late = setTimeout(() => this.#control.destroy(), waitMs)
    try {
      const { done, value } = await this.#events.next()
      return done === true ? undefined : value
    } finally {
      clearTimeout(late)
    }
  }

  /** Whether the keeper lives and saw the process end; where it is gone too, that was not the doing of the cell. */
  async #endedByItself(): Promise<boolean> {
    return (await this.#event(graceMs * 10))?.event === 'ended'
  }

  /** Ends the process. Returns what its cell had written. */
  async #kill(): Promise<string> {
    this.#tell('kill')
    const event = await this.#event(graceMs * 10)
    await this[Symbol.asyncDispose]()
    return Buffer.from(event?.output ?? '', 'base64').toString()
  }

  #tell(op: string): void {
    if (!this.#control.destroyed) this.#control.write(encodeFrame({ op }))
  }

  // An idle session does not keep this process alive.
  #keepAlive(needed: boolean): void {
    for (const socket of [this.#data, this.#control]) {
      if (needed) socket.ref()
      else socket.unref()
    }
  }
}

function greet(server: string, hello: Readonly<Record<string, unknown>>): Socket {
  const socket = connect(server)
  socket.write(encodeFrame(hello))
  return socket
}

async function* keeperEvents(control: Socket): AsyncGenerator<KeeperEvent, undefined> {
  const reader = new FrameReader(maxEventBytes)
  try {
    for await (const chunk of control as AsyncIterable<Buffer>)
      for (const { header } of reader.push(chunk)) yield eventSchema.parse(header)
  } catch {
    // A connection that breaks says no more than one that closes.
  }
  return undefined
}

function readEnd(end: Exchange, late: boolean): CellEnd {
  if (end.kind === 'violation') return { kind: 'protocol_violation' }
  if (end.kind === 'closed') return { kind: 'time_limit', output: '' }
  const reply = replySchema.safeParse(end.frame.header)
  if (!reply.success || end.frame.blobs.length > maxFigures) return { kind: 'protocol_violation' }
  if (late) return { kind: 'time_limit', output: reply.data.output }
  return { kind: 'replied', reply: { ...reply.data, figures: end.frame.blobs } satisfies CellReply }
}
