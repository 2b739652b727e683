import { openJail, type Jail } from '../sandbox/open-jail.ts'
import type { IsolationTier } from '../interpreter/isolation.ts'
import type { InterpreterBackend, InterpreterSession } from '../interpreter/interpreter-session.ts'
import { javascriptBackend } from './javascript-backend.ts'

/** JavaScript sessions whose processes run in the strongest of the tiers given that works here. The first session opens the jail. */
export class JailedBackend implements InterpreterBackend {
  readonly #tiers: readonly IsolationTier[]
  #opened: Promise<{ readonly jail: Jail; readonly backend: InterpreterBackend }> | undefined

  constructor(tiers: readonly IsolationTier[]) {
    this.#tiers = tiers
  }

  async open(): Promise<InterpreterSession> {
    this.#opened ??= this.#start()
    const opened = this.#opened
    try {
      return await (await opened).backend.open()
    } catch (error) {
      // Where no jail could be opened the next session tries again; a session that failed leaves the jail as it is.
      await opened.catch(() => (this.#opened = undefined))
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined)
    await opened?.backend[Symbol.asyncDispose]()
    await opened?.jail[Symbol.asyncDispose]()
  }

  async #start(): Promise<{ readonly jail: Jail; readonly backend: InterpreterBackend }> {
    const jail = await openJail(this.#tiers)
    return { jail, backend: javascriptBackend({ launch: (program) => jail.launch(program) }) }
  }
}
