import type { Image, JsonValue, ToolOutcome, ToolUsage } from '@interleave/trajectory'
import type { ImageList, RegisteredImage } from './image-registry.ts'
import type { Tool, ToolLimits } from './tool.ts'

export interface ToolRunnerOptions {
  readonly tools: readonly Tool[]
  /** Used where a tool sets no limit of its own. */
  readonly limits?: ToolLimits
  /** Time between the signal of a call and giving the call up. Default 1,000. */
  readonly graceMs?: number
  /** Time for a `setup` or a `fork`. Default 60,000. */
  readonly setupTimeoutMs?: number
  /** Time for all releases of a rollout together. Default 5,000. */
  readonly releaseTimeoutMs?: number
}

/** Runs tools for rollouts. Holds no state: that lives in its sessions. */
export interface ToolRunner {
  readonly tools: readonly Tool[]
  open(rollout: RolloutInfo): ToolSession
}

/** The rollout that a session serves. */
export interface RolloutInfo {
  readonly id: string
  readonly seed: number
  readonly signal: AbortSignal
  /** The images of the task, in order of appearance. */
  readonly images?: readonly Image[]
}

/** A call as the policy made it. `problem` is the sentence of the chat template for a call that it could not read. */
export interface CallRequest {
  readonly id: string
  readonly tool: string
  readonly raw: string
  readonly input?: JsonValue
  readonly problem?: string
}

export interface CallResult {
  readonly outcome: ToolOutcome
  readonly usage: ToolUsage
  /** What the call added to the registry. */
  readonly images: readonly RegisteredImage[]
}

/** The tools of one rollout: its states and its images. Disposing releases them, once, and never throws. */
export interface ToolSession extends AsyncDisposable {
  /** In order of appearance; grows as calls succeed. */
  readonly images: ImageList
  /** What went wrong when states were released, one sentence each. */
  readonly releaseFailures: readonly string[]
  /**
   * Runs a call after those before it; only calls of `parallel` tools overlap. What the model or the world got wrong is an
   * error outcome. Rejects with a `FaultError` for a failure of ours, and with the signal's reason when the rollout is
   * cancelled.
   */
  call(request: CallRequest): Promise<CallResult>
  /** The error outcome of a call that is not run, for a reason of the caller's. It counts as a call of the rollout. */
  refuse(request: CallRequest, code: string, message: string): CallResult
  /**
   * A session for a branch of this rollout: the same images, and a copy of each live state by the tool's `fork` or by making
   * all calls that ran on it again, failed ones too. Rejects with the fault `replay_diverged` where such a call comes out
   * differently.
   */
  fork(branch: Omit<RolloutInfo, 'images'>): Promise<ToolSession>
}
