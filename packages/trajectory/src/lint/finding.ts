import type { PlacedSegment } from '../offsets.ts'
import type { Trajectory } from '../trajectory.ts'

/** Every rule that lint knows, one for each thing that a reader of these files may rely on. */
export const lintRules = [
  'tokens-concatenate',
  'segment-shape',
  'logprobs-match',
  'images-match-pads',
  'media-present',
  'media-hash',
  'outcome-per-call',
  'void-means-fault',
  'scores-agree',
  'branch-sane',
  'inherited-equal',
  'credit-on-sampled',
  'credited-once',
  'inherited-not-credited',
  'credit-role',
  'readable-line',
  'unique-id',
  'known-trajectory',
  'group-agrees',
] as const

export type LintRule = (typeof lintRules)[number]

/** One broken rule. `segment` is the index of the segment at fault, where there is one. */
export interface Finding {
  readonly rule: LintRule
  readonly message: string
  readonly trajectoryId: string
  readonly segment?: number
}

/** A finding and where it stands. A line that cannot be read has no `trajectoryId`. */
export interface FileFinding extends Omit<Finding, 'trajectoryId'> {
  readonly file: string
  readonly line: number
  readonly trajectoryId?: string
}

/** What a rule reports, before it is given its name. */
export interface Problem {
  readonly message: string
  readonly segment?: number
}

/** Looks at one trajectory, its segments placed. */
export type TrajectoryRule = (trajectory: Trajectory, placed: readonly PlacedSegment[]) => Iterable<Problem>

/** A rollout that failed may have been left in the middle of a turn: what it holds is right, but need not be whole. */
export function isVoid({ stop }: Trajectory): boolean {
  return stop === 'fault' || stop === 'cancelled'
}
