/** One question to a server. */
export interface Exchange {
  readonly method: 'GET' | 'POST'
  /** From the address of the server, with its slash. */
  readonly path: string
  /** JSON, whole or in pieces that are sent one after the other without being copied together. */
  readonly body?: string | readonly Uint8Array[]
  readonly headers?: Readonly<Record<string, string>>
}

/** What a server answered, whatever its status. */
export interface Answer {
  readonly status: number
  /** Header `retry-after`, where there is one. */
  readonly retryAfter: string | undefined
  readonly location: string | undefined
  readonly text: string
}
