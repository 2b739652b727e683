import type { Credit } from '../credit.ts'
import { placeSegments, type PlacedSegment, type Span } from '../offsets.ts'
import type { Trajectory } from '../trajectory.ts'
import { creditRole } from './credit-role.ts'
import type { Finding, LintRule } from './finding.ts'

/** The one estimator that credits inherited tokens on purpose. */
const creditsInherited = 'mergedWhole'

/**
 * What is wrong with the credit of a trajectory: spans outside sampled tokens, of another group or in another's role, tokens
 * credited twice or not ours to train.
 */
export function lintCredit(credit: Credit, trajectory: Trajectory): Finding[] {
  const findings: Finding[] = []
  const report = (rule: LintRule, message: string): void => {
    findings.push({ rule, message, trajectoryId: credit.trajectoryId })
  }
  if (credit.trajectoryId !== trajectory.id)
    report('known-trajectory', `The credit is of ${credit.trajectoryId}, not of ${trajectory.id}.`)
  if (trajectory.stop === 'fault' && credit.spans.length > 0)
    report('void-means-fault', 'A void rollout is never trained on.')
  const placed = placeSegments(trajectory.segments)
  for (const span of credit.spans) {
    const name = `The span ${span.start}-${span.end}`
    const touched = placed.filter((segment) => overlap(segment, span))
    const end = placed.at(-1)?.end ?? 0
    if (span.start >= span.end) report('credit-on-sampled', `${name} is empty.`)
    else if (span.end > end) report('credit-on-sampled', `${name} reaches beyond the last token, ${end}.`)
    else if (touched.some(({ segment }) => segment.origin === 'context'))
      report('credit-on-sampled', `${name} holds tokens that were not sampled.`)
    if (span.estimator !== creditsInherited && touched.some(isInherited))
      report('inherited-not-credited', `${name} credits inherited tokens, which only ${creditsInherited} does.`)
    const group = trajectory.group?.id ?? span.groupId
    if (span.groupId !== group) report('group-agrees', `${name} is of the group ${span.groupId}, not of ${group}.`)
  }
  for (const message of creditRole(credit, trajectory, placed)) report('credit-role', message)
  const sorted = credit.spans.toSorted((one, other) => one.start - other.start)
  for (const [index, span] of sorted.entries()) {
    const next = sorted[index + 1]
    if (next !== undefined && next.start < span.end)
      report('credited-once', `Tokens ${next.start}-${Math.min(span.end, next.end)} are credited twice.`)
  }
  return findings
}

function overlap(one: Span, other: Span): boolean {
  return one.start < other.end && other.start < one.end
}

function isInherited({ segment }: PlacedSegment): boolean {
  return segment.origin === 'inherited'
}
