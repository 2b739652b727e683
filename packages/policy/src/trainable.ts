import type { Credit, MediaStore, Trajectory } from '@interleave/trajectory'
import type { Policy } from './policy.ts'

/** What one update learns from. */
export interface TrainingBatch {
  /** Those sampled since the last update, void ones and those without credit included. */
  readonly trajectories: readonly Trajectory[]
  /** One a trajectory, in the same order. Credit says which tokens are trained; all others are context. */
  readonly credit: readonly Credit[]
  /** Where the bytes of the trajectories' images lie. */
  readonly media: Pick<MediaStore, 'get'>
  readonly signal?: AbortSignal
}

/** What an update did. */
export interface UpdateReport {
  /** The version that replies carry from now on. */
  readonly weightVersion: string
  /** How many tokens had credit: the number that the loss was divided by. */
  readonly trainedTokens: number
  /** Whatever else there is to plot: loss, KL, gradient norm. */
  readonly metrics: Readonly<Record<string, number>>
}

/**
 * A policy that can be updated: `update` is all that a training loop needs besides sampling. It makes one training step out of
 * a batch, for one reduction: the sum of weight x loss over the tokens with credit, divided by their number; a KL term covers
 * the same tokens. Replies after it are drawn with the new weights and carry their version. Nothing may be sampled meanwhile.
 *
 * Rejects with `bad_credit` where credit covers tokens that were not drawn in their trajectory, and with the signal's reason
 * on abort; the weights are then as they were.
 */
export interface Trainable extends Policy {
  update(batch: TrainingBatch): Promise<UpdateReport>
}
