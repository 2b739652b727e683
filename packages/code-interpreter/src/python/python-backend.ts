import { setImmediate } from 'node:timers/promises'
import { FaultError, InterleaveError } from '@interleave/trajectory'
import { findPython } from '../environment/find-python.ts'
import { allowedTiers, type IsolationTier } from '../interpreter/isolation.ts'
import type { InterpreterBackend, InterpreterSession } from '../interpreter/interpreter-session.ts'
import type { PythonBackendOptions } from './python-options.ts'
import { PythonSession } from './python-session.ts'
import { startServer, type ServerProcess } from './server-process.ts'

/** What the tool's description promises. */
const pythonModules = Object.freeze(['numpy', 'scipy', 'sympy', 'PIL.Image', 'matplotlib.pyplot'] as const)

/** Python sessions, forked from a server that starts with the first of them. */
export class PythonBackend implements InterpreterBackend {
  readonly #options: PythonBackendOptions
  readonly #tiers: readonly IsolationTier[]
  #server: Promise<ServerProcess> | undefined
  // All numbers are as long as each other: what a worker has in memory does not depend on how many came before it.
  #sessions = 1_000_000
  #closed = false

  /** Throws `bad_option` for isolation options that contradict each other. */
  constructor(options: PythonBackendOptions = {}) {
    this.#options = options
    this.#tiers = allowedTiers(options)
  }

  async open(): Promise<InterpreterSession> {
    const server = await this.#running()
    const next = (): number => (this.#sessions += 1)
    try {
      return await PythonSession.open(server.socket, next)
    } catch (error) {
      // It may have died a moment ago: another one is started then.
      await setImmediate()
      if (server.alive) throw error
      return PythonSession.open((await this.#running()).socket, next)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    const server = await this.#server?.catch(() => undefined)
    await server?.[Symbol.asyncDispose]()
  }

  async #running(): Promise<ServerProcess> {
    if (this.#closed)
      throw new InterleaveError('interpreter_closed', 'This Python tool was disposed of; make another one.')
    this.#server ??= this.#start()
    const started = this.#server
    try {
      const server = await started
      if (server.alive) return server
      await server[Symbol.asyncDispose]()
    } catch (error) {
      // The next session tries again: what was missing may have been installed by then.
      if (this.#server === started) this.#server = undefined
      throw error
    }
    // It died, and its sessions with it: they are displaced, and made again on the next one.
    if (this.#server === started) this.#server = undefined
    return this.#running()
  }

  async #start(): Promise<ServerProcess> {
    const { interpreter, launcher = [], memoryBytes } = this.#options
    const python = await findPython(interpreter === undefined ? {} : { interpreter })
    if ('problem' in python) throw new FaultError('sandbox', 'no_python', python.problem)
    const server = await startServer({
      command: python.command,
      launcher,
      tiers: this.#tiers,
      modules: pythonModules,
      limits: memoryBytes === undefined ? {} : { memory: memoryBytes },
    })
    const [missing] = server.missing
    if (missing === undefined) return server
    await server[Symbol.asyncDispose]()
    throw new FaultError(
      'sandbox',
      'missing_library',
      `${python.command} has no ${missing.split('.')[0]}. "interleave doctor" says how to install what is missing.`,
    )
  }
}
