import type { InterpreterBackend } from '../interpreter/interpreter-session.ts'
import { childProgram, type Launch } from './child-program.ts'
import { ChildPool, poolLimits, type PoolLimits } from './child-pool.ts'
import type { Seat } from './javascript-session.ts'
import { openSession } from './open-session.ts'

export interface JavascriptBackendOptions {
  /** Puts the processes that run model code in a jail. Default: they run as they are. */
  readonly launch?: Launch
}

/**
 * JavaScript sessions, each an isolate of its own, on a pool of processes that are started as they are needed and end with
 * the host. A session keeps what its cells declare; `math` in it is mathjs. Disposing ends all processes. Throws
 * `javascript_unavailable` where isolated-vm has no build for this machine.
 */
export function javascriptBackend(options: JavascriptBackendOptions = {}): InterpreterBackend {
  return openBackend(options, poolLimits)
}

export function openBackend({ launch }: JavascriptBackendOptions, limits: PoolLimits): InterpreterBackend {
  const pool = new ChildPool<Seat>(childProgram(), launch, limits)
  let opened = 0
  return {
    open() {
      opened += 1
      return openSession(pool, opened)
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}
