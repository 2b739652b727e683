/** What a test server does wrong. Everything may be changed while it runs. */
export interface Lies {
  /** Answers of this status in place of the next ones. */
  status?: { code: number; times: number; body?: string; retryAfter?: string }
  /** Close the connection before answering, so many times. */
  closeBefore?: number
  closeMidAnswer?: boolean
  halfJson?: boolean
  hang?: boolean
  dropLogprobs?: boolean
  /** Gives -9999 for the second token, as a server does that has no number. */
  noNumber?: boolean
  oneLogprobShort?: boolean
  expandTwice?: boolean
  retokenise?: boolean
  /** Does not tell what the model saw. */
  hidePrompt?: boolean
  goOnAfterStop?: boolean
  hugeAnswer?: boolean
  ignoreSeed?: boolean
  hideWeightVersions?: boolean
  /** Has no route to end a request by its id. */
  noAbortRoute?: boolean
  noTokenizer?: boolean
  noMetrics?: boolean
  logprobs?: 'raw' | 'scaled' | 'processed'
  apiKey?: string
  model?: string
  answersAs?: string
  root?: string
  /** More than so many at once are refused with a 503. */
  most?: number
  /** Time before the first token, in milliseconds. */
  delayMs?: number
}
