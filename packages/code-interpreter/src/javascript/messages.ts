/** What a child is asked to do. */
export type ChildRequest =
  | { readonly op: 'open'; readonly session: number }
  /** Makes mathjs known inside; its text travels as the frame's blob. */
  | { readonly op: 'math'; readonly session: number }
  | {
      readonly op: 'run'
      readonly session: number
      readonly code: string
      readonly timeoutMs: number
      readonly seed?: number
    }
  | { readonly op: 'close'; readonly session: number }
  /** Asks whether the child itself still answers. */
  | { readonly op: 'ping' }

/** The reply to everything but `run`. `worn`: done, but something stays behind for as long as the child lives. */
export interface Done {
  readonly end: 'done' | 'worn'
}

/** How a cell ended in a child. */
export type RunEnd =
  | { readonly end: 'replied'; readonly output: string; readonly value?: string; readonly error?: string }
  | { readonly end: 'time_limit'; readonly output: string }
  /** The isolate is gone, and what it leaves behind in the child is not to be trusted. */
  | { readonly end: 'crashed' }
