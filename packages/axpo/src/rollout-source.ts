import type { Task, Trajectory } from '@interleave/trajectory'

/** A place to resample from: the first `at` logical tokens of `source`. In files `{ trajectoryId, at }`. */
export interface Prefix {
  readonly source: Trajectory
  readonly at: number
}

/** Which rollout of which group is asked for. The same seed asks for the same rollout. */
export interface RolloutRequest {
  readonly groupId: string
  /** 0 to N-1 for a rollout; 0 to K-1 for a continuation. */
  readonly index: number
  /** Equal for all rollouts of a group: servers route by it to reuse their cache. */
  readonly sessionKey: string
  readonly seed: number
  readonly signal: AbortSignal
  /** The id the trajectory must carry. */
  readonly id: string
}

/**
 * Anything that can sample rollouts and go on from a prefix. An environment is one by shape. Both return a trajectory
 * whatever happens: a failure of ours is a trajectory with `stop: 'fault'` and a null reward, not an exception.
 */
export interface RolloutSource {
  rollout(task: Task, request: RolloutRequest): Promise<Trajectory>
  resume(prefix: Prefix, request: RolloutRequest): Promise<Trajectory>
}
