import { placeSegments } from '../offsets.ts'
import type { Trajectory } from '../trajectory.ts'
import { branchSane, inheritedEqual } from './branch.ts'
import type { Finding, LintRule, TrajectoryRule } from './finding.ts'
import { imagesMatchPads } from './images-match-pads.ts'
import { logprobsMatch } from './logprobs-match.ts'
import { inlineMediaHash, mediaPresent } from './media-table.ts'
import { outcomePerCall } from './outcome-per-call.ts'
import { scoresAgree, voidMeansFault } from './rewards.ts'
import { segmentShape } from './segment-shape.ts'
import { tokensConcatenate } from './tokens-concatenate.ts'

const rules: readonly (readonly [LintRule, TrajectoryRule])[] = [
  ['tokens-concatenate', tokensConcatenate],
  ['segment-shape', segmentShape],
  ['logprobs-match', logprobsMatch],
  ['images-match-pads', imagesMatchPads],
  ['media-present', mediaPresent],
  ['media-hash', inlineMediaHash],
  ['outcome-per-call', outcomePerCall],
  ['void-means-fault', voidMeansFault],
  ['scores-agree', scoresAgree],
  ['branch-sane', branchSane],
]

/**
 * What is wrong with a trajectory that its schema cannot see: an empty array for a clean one. With `source`, a continuation
 * is compared with the rollout that it goes on from. The bytes of images in a store are checked by `lintMedia`.
 */
export function lintTrajectory(trajectory: Trajectory, options: { readonly source?: Trajectory } = {}): Finding[] {
  const placed = placeSegments(trajectory.segments)
  const findings: Finding[] = []
  for (const [rule, look] of rules)
    for (const problem of look(trajectory, placed)) findings.push({ rule, trajectoryId: trajectory.id, ...problem })
  const { source } = options
  if (source !== undefined)
    for (const problem of inheritedEqual(trajectory, placed, source))
      findings.push({ rule: 'inherited-equal', trajectoryId: trajectory.id, ...problem })
  return findings
}
