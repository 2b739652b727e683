import type { Cell, CellEnd, InterpreterBackend, InterpreterSession } from '../interpreter/interpreter-session.ts'

/**
 * An interpreter whose state is the list of words it was given. A cell is a word; its reply shows all words so far, the last
 * seed and the names of the images. The words below do something else besides.
 */
export class FakeBackend implements InterpreterBackend {
  /** Every cell that any session was given, in order. */
  readonly cells: Cell[] = []
  readonly sessions: FakeSession[] = []
  /** Whether sessions can be copied live. */
  readonly forks: boolean
  /** How many sessions to come lose their process at their next cell. */
  displacements = 0
  /** What `clock` shows, which differs when it runs again. */
  ticks = 0

  constructor(forks = true) {
    this.forks = forks
  }

  get live(): number {
    return this.sessions.filter(({ ended }) => !ended).length
  }

  open(): Promise<FakeSession> {
    return Promise.resolve(this.add({ words: [], images: [], seed: undefined }))
  }

  add(memory: Memory): FakeSession {
    const session = new FakeSession(this, memory)
    this.sessions.push(session)
    return session
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }
}

interface Memory {
  readonly words: string[]
  readonly images: string[]
  seed: number | undefined
}

export class FakeSession implements InterpreterSession {
  readonly #backend: FakeBackend
  readonly #memory: Memory
  ended = false

  constructor(backend: FakeBackend, memory: Memory) {
    this.#backend = backend
    this.#memory = memory
  }

  async run(cell: Cell, signal: AbortSignal): Promise<CellEnd> {
    if (this.ended) throw new Error('This session was disposed of.')
    this.#backend.cells.push(cell)
    if (this.#backend.displacements > 0) {
      this.#backend.displacements -= 1
      return { kind: 'displaced' }
    }
    const { images, words } = this.#memory
    words.push(cell.code)
    images.push(...cell.images.map(({ hash }) => hash))
    this.#memory.seed = cell.seed ?? this.#memory.seed
    if (cell.code === 'wait') return await stopped(signal)
    if (cell.code === 'hang') return { kind: 'time_limit', output: 'half' }
    if (cell.code === 'crash') return { kind: 'crashed' }
    if (cell.code === 'forge') return { kind: 'protocol_violation' }
    if (cell.code === 'ill') throw new Error('The interpreter is ill.')
    const clock = cell.code === 'clock' ? [`tick ${(this.#backend.ticks += 1)}`] : []
    if (cell.code === 'object') clock.push(`<object object at 0x7f00000${(this.#backend.ticks += 1)}>`)
    const output = [...words, ...clock, `seed ${this.#memory.seed}`, ...images].join(' ')
    return { kind: 'replied', reply: { output, figures: [] } }
  }

  fork(): Promise<FakeSession | undefined> {
    const { images, seed, words } = this.#memory
    const copy = (): FakeSession => this.#backend.add({ words: [...words], images: [...images], seed })
    return Promise.resolve(this.#backend.forks ? copy() : undefined)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.ended = true
    return Promise.resolve()
  }
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
