import type { WeightVersion } from '@interleave/trajectory'
import type { GenerateRequest } from '../policy.ts'

interface StepShape {
  /**
   * What the call must be: its prompt's ids, or a function that returns false or a reason where it is not, or throws.
   * Without it any call will do.
   */
  readonly expect?: readonly number[] | ((request: GenerateRequest) => boolean | string | undefined)
  /** Time until the reply, in milliseconds. Without it the reply comes at once. */
  readonly delayMs?: number
}

/** A call that is answered. */
export interface ScriptedReply extends StepShape {
  /** Ids to draw. As on a server, drawing ends after a stop token or at the request's limit. */
  readonly reply: readonly number[] | ((request: GenerateRequest) => readonly number[])
  /** One for each id of `reply`. Default: the logarithm of one half for each. */
  readonly logprobs?: readonly number[]
  /** Says that the reply is to end without a stop token before the request's limit, as where the context is full. */
  readonly finish?: 'length'
  /** How many tokens an aborted call returns. Default 0. */
  readonly drawnBeforeAbort?: number
  readonly matchedStop?: number | string
  /** In place of the prompt with its pads expanded. */
  readonly effectivePrompt?: readonly number[]
  readonly weightVersions?: readonly WeightVersion[]
  readonly cachedTokens?: number
}

/** A call that fails: with this error, or a `scripted_failure` fault of the policy with this message. */
export interface ScriptedFailure extends StepShape {
  readonly fail: string | Error
}

export type ScriptedStep = ScriptedReply | ScriptedFailure
