import type { Cell, CellEnd, InterpreterSession } from '../interpreter/interpreter-session.ts'
import type { ChildPool } from './child-pool.ts'
import { doneSchema, runEndSchema } from './child-reply.ts'
import type { InterpreterChild } from './interpreter-child.ts'
import { mentionsMath, readMathLibrary } from './math-library.ts'
import type { RunEnd } from './messages.ts'

const mathWithinMs = 12_000
const closeWithinMs = 1000
// How long after its time limit a child has to say that a cell was stopped.
const graceMs = 500

/** The place of a session on a child. */
export interface Seat {
  readonly number: number
}

/** One isolate on a child that it shares with others. */
export class JavascriptSession implements InterpreterSession {
  readonly #pool: ChildPool<Seat>
  readonly #child: InterpreterChild<Seat>
  readonly #seat: Seat
  #hasMath = false
  #closing: Promise<void> | undefined

  constructor(pool: ChildPool<Seat>, child: InterpreterChild<Seat>, seat: Seat) {
    this.#pool = pool
    this.#child = child
    this.#seat = seat
  }

  async run(cell: Cell, signal: AbortSignal): Promise<CellEnd> {
    signal.throwIfAborted()
    if (this.#child.busy.has(this.#seat)) throw new Error('A cell is under way; wait for its end.')
    if (this.#closing !== undefined) return { kind: 'displaced' }
    const aborted = Promise.withResolvers<never>()
    const abort = (): void => {
      // The isolate runs on until it is closed.
      void this.#close()
      aborted.reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    try {
      return await Promise.race([this.#run(cell), aborted.promise])
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close()
  }

  async #run(cell: Cell): Promise<CellEnd> {
    const child = this.#child
    const math = !this.#hasMath && mentionsMath(cell.code) ? await readMathLibrary() : undefined
    if (child.end !== undefined) return this.#lost()
    child.busy.add(this.#seat)
    try {
      if (math !== undefined) {
        const loaded = await child.ask({ op: 'math', session: this.#seat.number }, doneSchema, mathWithinMs, [math])
        if (loaded.kind === 'gone') return this.#lost()
        if (loaded.kind === 'late' || loaded.reply.end === 'crashed') return this.#bringDown({ kind: 'crashed' })
        this.#hasMath = true
      }
      const timeoutMs = Math.max(1, Math.ceil(cell.timeoutMs))
      const { code, seed } = cell
      const ended = await child.ask(
        { op: 'run', session: this.#seat.number, code, timeoutMs, ...(seed === undefined ? {} : { seed }) },
        runEndSchema,
        timeoutMs + graceMs,
      )
      if (ended.kind === 'gone') return this.#lost()
      if (ended.kind === 'late') return this.#bringDown({ kind: 'time_limit', output: '' })
      return this.#told(ended.reply)
    } finally {
      child.busy.delete(this.#seat)
    }
  }

  #told(ended: RunEnd): CellEnd {
    // What ran out of memory leaves a process behind that may fall over at any time.
    if (ended.end === 'crashed') return this.#bringDown({ kind: 'crashed' })
    if (ended.end === 'time_limit') {
      void this.#close()
      return { kind: 'time_limit', output: ended.output }
    }
    const { output, value, error } = ended
    return {
      kind: 'replied',
      reply: {
        output,
        ...(value === undefined ? {} : { value }),
        ...(error === undefined ? {} : { error }),
        figures: [],
      },
    }
  }

  /** Ends the child, and says so as the one who did it. */
  #bringDown(end: CellEnd): CellEnd {
    this.#child.kill(this.#seat)
    return end
  }

  /** What an end of the child means for this session. */
  #lost(): CellEnd {
    const end = this.#child.end
    if (end?.kind === 'violation') return { kind: 'protocol_violation' }
    return { kind: end?.culprit === this.#seat ? 'crashed' : 'displaced' }
  }

  #close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    const child = this.#child
    if (child.end === undefined) {
      const closed = await child.ask({ op: 'close', session: this.#seat.number }, doneSchema, closeWithinMs)
      // What cannot be interrupted would keep a core for as long as it likes.
      if (closed.kind === 'late') child.kill(this.#seat)
      if (closed.kind === 'reply' && closed.reply.end === 'worn') child.worn = true
    }
    this.#pool.leave(child, this.#seat)
  }
}
