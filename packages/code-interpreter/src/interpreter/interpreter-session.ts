import type { RegisteredImage } from '@interleave/tool'

/** Code to run, and what a session must know before it does. */
export interface Cell {
  readonly code: string
  readonly timeoutMs: number
  /** Set where chance starts anew: in the first cell, and where a branch goes on with a seed of its own. */
  readonly seed?: number
  /** Images of the rollout that the session has not seen yet, in order. */
  readonly images: readonly RegisteredImage[]
}

/** What the code of a cell did, in the words of the process that ran it: text and pictures, believed no further. */
export interface CellReply {
  /** Standard output and standard error, in the order they were written. */
  readonly output: string
  /** The value of the last expression, unless there is none to show. */
  readonly value?: string
  /** The exception that ended the cell, with the lines of the cell it came through. */
  readonly error?: string
  /** Pictures as PNG files, in the order they were shown. */
  readonly figures: readonly Uint8Array[]
}

/** How a cell ended. This is decided outside the sandbox. After all but `replied` the session is of no use any more. */
export type CellEnd =
  | { readonly kind: 'replied'; readonly reply: CellReply }
  /** Stopped at its time limit. `output` is what had been written by then. */
  | { readonly kind: 'time_limit'; readonly output: string }
  /** The process died: a segmentation fault, an exit, too much memory. */
  | { readonly kind: 'crashed' }
  /** The process sent what nobody had asked for; where `earlier`, after its reply to the cell before, and this one was not run. */
  | { readonly kind: 'protocol_violation'; readonly earlier?: true }
  /** The process went down through no doing of this session, which may be made again elsewhere. */
  | { readonly kind: 'displaced' }

/** One live interpreter. Disposing ends its processes. */
export interface InterpreterSession extends AsyncDisposable {
  /** Runs a cell. One at a time. Rejects with a `FaultError` where the failure is ours, with the signal's reason when it fires. */
  run(cell: Cell, signal: AbortSignal): Promise<CellEnd>
  /** An exact copy that goes on apart from this one, or undefined where this one cannot be copied as it stands. */
  fork?(): Promise<InterpreterSession | undefined>
}

/** What opens sessions. */
export interface InterpreterBackend extends AsyncDisposable {
  /** Rejects with a `FaultError` of the boundary `sandbox`. */
  open(): Promise<InterpreterSession>
}
