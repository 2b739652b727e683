import type { IsolationOptions } from '../interpreter/isolation.ts'

export interface PythonBackendOptions extends IsolationOptions {
  /** A Python 3.11 or newer to use in place of the installed environment: a command or a path. */
  readonly interpreter?: string
  /** Memory for each process of a session, and at tier `T3` for a session as a whole, in bytes. Default 2 GiB. */
  readonly memoryBytes?: number
  /**
   * A command to start the interpreter's processes with, such as `['bwrap', '--dev-bind', '/', '/']`: an outer layer around
   * the isolation of this package.
   */
  readonly launcher?: readonly string[]
}
