/** What `interleave doctor` says of one part. */
export interface Finding {
  readonly part: string
  /** `optional` neither helps nor harms: it is not there, and what is asked for works without it. */
  readonly state: 'works' | 'missing' | 'optional'
  readonly detail: string
  /** What to do about it. */
  readonly advice?: string
}
