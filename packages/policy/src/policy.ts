import type { Image, LogprobSemantics, Sampling, WeightVersion } from '@interleave/trajectory'

/** What a policy can do. Declared by its driver, then probed by the conformance suite. */
export interface PolicyCapabilities {
  /** Name of the model that samples. */
  readonly model: string
  /** Name of the code that speaks to it. */
  readonly driver: string
  /** The model sees exactly the token ids that were sent, and the ids returned are those it drew. */
  readonly exact: boolean
  /** Takes images. A policy that does not refuses a request that brings some. */
  readonly images: boolean
  readonly logprobs: LogprobSemantics
  /** The same request with the same seed gives the same tokens. */
  readonly seeded: boolean
  /**
   * An aborted request stops sampling and returns `finish: 'abort'` with what was drawn, perhaps nothing. Where this is
   * false it rejects with the signal's reason, though the server may go on.
   */
  readonly abort: boolean
  /** Replies carry the version of the weights for each stretch of tokens. */
  readonly weightVersions: boolean
  /** Replies carry the prompt as the model saw it, pads expanded. */
  readonly effectivePrompt: boolean
  /** Prompt and sampled tokens together, effective count. */
  readonly contextTokens?: number
}

/**
 * Sampling of one turn. Temperature 0 takes the likeliest token each time, whatever the seed. Stopping is by token id: the
 * stop token is drawn, kept and has a logprob, and nothing follows it.
 */
export interface TurnSampling extends Sampling {
  readonly maxTokens: number
  readonly seed: number
  readonly stopTokens: readonly number[]
}

export interface GenerateRequest {
  /**
   * Logical token ids, one pad per image. The engine's own growing array, so that long histories are not copied:
   * valid until the returned promise settles, never to be written to.
   */
  readonly tokens: readonly number[]
  /** One for each pad, in order. Another number of them than of pads is an error. */
  readonly images: readonly Image[]
  readonly sampling: TurnSampling
  readonly requestId: string
  /** Equal for requests that share a prefix: servers route by it to reuse their cache. */
  readonly sessionKey: string
  readonly signal: AbortSignal
}

export interface GenerateResult {
  /** What was drawn, the stop token included. */
  readonly tokens: number[]
  /** One for each drawn token, natural logarithm; what they are of is declared in the capabilities. */
  readonly logprobs?: number[]
  /** Entropy, in nats, of the distribution each token was drawn from; few servers tell. */
  readonly entropies?: number[]
  readonly finish: 'stop' | 'length' | 'abort'
  readonly matchedStop?: number | string
  /** The prompt the model saw, pads expanded. */
  readonly effectivePrompt?: number[]
  readonly weightVersions?: WeightVersion[]
  readonly cachedTokens?: number
}

/**
 * Tokens in, tokens out. A failure that is not the policy's doing is thrown as a `FaultError` with boundary `policy`.
 * Any number of requests may be under way at once. Once disposed, requests are refused.
 */
export interface Policy extends AsyncDisposable {
  readonly capabilities: PolicyCapabilities
  generate(request: GenerateRequest): Promise<GenerateResult>
}
