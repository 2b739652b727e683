import { hash } from 'node:crypto'
import { FaultError } from '@interleave/trajectory'
import type { ImageList, RegisteredImage } from '@interleave/tool'
import type { Cell, CellEnd, InterpreterBackend, InterpreterSession } from './interpreter-session.ts'
import { plainText } from './plain-text.ts'

/** What a call brings besides its code. */
export interface CellContext {
  readonly seed: number
  readonly images: ImageList
  readonly signal: AbortSignal
}

/** A cell that ran to its end, with a digest of what it replied: all that making it again needs. */
interface CompletedCell {
  readonly cell: Cell
  readonly digest: string
  /** Images that the session has been given by then, and the seed that its chance began with. */
  readonly seen: number
  readonly seed: number
}

/** What became of a cell, and of the session before it. */
export interface CellResult {
  readonly end: Exclude<CellEnd, { kind: 'displaced' }>
  /** Whether the session was made anew for this cell: as it was before the call that was stopped, or empty. */
  readonly renewed?: 'restored' | 'emptied'
}

// A session is displaced where another one takes its process down; that it happens over and over means the machine is ill.
const maxDisplacements = 5

/**
 * The interpreter of one rollout. Its history, the cells that ran to their end, says what state it is in: a call that had to be
 * stopped is undone by making the history again, and so is a branch where a session cannot be copied live.
 */
export class InterpreterState implements AsyncDisposable {
  readonly #backend: InterpreterBackend
  readonly #history: CompletedCell[]
  #session: InterpreterSession | undefined
  /** After a call of this rollout was stopped, what it finds need not be what it had. In a branch it must be. */
  #undone = false

  constructor(backend: InterpreterBackend, history: readonly CompletedCell[] = [], session?: InterpreterSession) {
    this.#backend = backend
    this.#history = [...history]
    this.#session = session
  }

  /** Runs code. Rejects with a `FaultError` where the failure is ours, and with the signal's reason when it fires. */
  async run(code: string, timeoutMs: number, context: CellContext): Promise<CellResult> {
    let renewed: CellResult['renewed']
    for (let attempt = 0; attempt < maxDisplacements; attempt += 1) {
      if (this.#session === undefined) {
        const made = await this.#renew(context.signal)
        if (this.#undone) renewed = made
      }
      const cell = this.#nextCell(code, timeoutMs, context)
      const end = await this.#runIn(this.#session, cell, context.signal)
      if (end.kind === 'displaced') continue
      if (end.kind === 'replied') this.#remember(cell, end, context.seed)
      // What spoils every session that it is run in cannot be part of the history.
      if (end.kind === 'protocol_violation' && end.earlier) this.#history.pop()
      this.#undone = end.kind !== 'replied'
      return { end, ...(renewed !== undefined && { renewed }) }
    }
    throw new FaultError(
      'sandbox',
      'displaced',
      `A session lost its process ${maxDisplacements} times in one call; look at the memory of this machine.`,
    )
  }

  /** An exact copy for a branch: of the live session where that can be had, else by running its history again when it is needed. */
  async fork(): Promise<InterpreterState> {
    const session = await this.#session?.fork?.()
    const branch = new InterpreterState(this.#backend, this.#history, session)
    // It is told of a call that was undone, as its source is.
    branch.#undone = this.#undone
    return branch
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session
    this.#session = undefined
    await session?.[Symbol.asyncDispose]()
  }

  #remember(cell: Cell, end: Extract<CellEnd, { kind: 'replied' }>, seed: number): void {
    const seen = (this.#history.at(-1)?.seen ?? 0) + cell.images.length
    this.#history.push({ cell, digest: digestOf(end), seen, seed })
  }

  #nextCell(code: string, timeoutMs: number, { images, seed }: CellContext): Cell {
    const { seed: last, seen = 0 } = this.#history.at(-1) ?? {}
    const added: RegisteredImage[] = []
    for (let index = seen; index < images.length; index += 1) added.push(images.get(index) as RegisteredImage)
    return { code, timeoutMs, images: added, ...(seed !== last && { seed }) }
  }

  async #runIn(session: InterpreterSession | undefined, cell: Cell, signal: AbortSignal): Promise<CellEnd> {
    let end: CellEnd | undefined
    try {
      end = await (session as InterpreterSession).run(cell, signal)
      return end
    } finally {
      if (end === undefined) this.#undone = true
      // Of no use any more, whether it ended or the wait for it did.
      if (end?.kind !== 'replied') await this[Symbol.asyncDispose]()
    }
  }

  /** A new session with the history made again. Leaves the history empty where that comes out differently. */
  async #renew(signal: AbortSignal): Promise<'restored' | 'emptied'> {
    for (let attempt = 0; attempt < maxDisplacements; attempt += 1) {
      this.#session = await this.#backend.open()
      const failed = await this.#replay(signal)
      if (failed === undefined) return this.#history.length === 0 ? 'emptied' : 'restored'
      if (failed === 'displaced') continue
      await this[Symbol.asyncDispose]()
      if (!this.#undone)
        throw new FaultError(
          'tool',
          'replay_diverged',
          'The code of earlier calls gave something else when it was run again, so this branch cannot go on from them.',
        )
      this.#history.length = 0
    }
    throw new FaultError(
      'sandbox',
      'displaced',
      'A session could not be made again; look at the memory of this machine.',
    )
  }

  async #replay(signal: AbortSignal): Promise<'displaced' | 'diverged' | undefined> {
    for (const { cell, digest } of this.#history) {
      // It ended in time once; on a machine that is busier now it may take longer.
      const patient = { ...cell, timeoutMs: 2 * cell.timeoutMs + 5_000 }
      const end = await this.#runIn(this.#session, patient, signal)
      if (end.kind === 'displaced') return 'displaced'
      if (end.kind !== 'replied' || digestOf(end) !== digest) return 'diverged'
    }
    return undefined
  }
}

function digestOf({ reply }: Extract<CellEnd, { kind: 'replied' }>): string {
  const { error = null, figures, output, value = null } = reply
  // What the model sees: addresses may differ.
  const texts = [output, value, error].map((text) => (text === null ? null : plainText(text)))
  return hash('sha256', JSON.stringify([texts, figures.map((figure) => hash('sha256', figure))]))
}
