/** What is tried on a server, in the order in which it is tried. */
export const canaryNames = [
  'ids kept',
  'logprob per token',
  'stop id kept',
  'logprob meaning',
  'seed',
  'weight version',
  'image expanded once',
  'abort',
  'abort frees the server',
  'prefix cache',
] as const

export type CanaryName = (typeof canaryNames)[number]

/** What one canary showed. `not_proven`: the server tells too little, so that nothing is declared on it. */
export interface Finding {
  readonly canary: CanaryName
  readonly verdict: 'passed' | 'failed' | 'not_proven'
  /** One sentence with what was seen. */
  readonly detail: string
}
