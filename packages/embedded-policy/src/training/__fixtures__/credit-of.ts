import { creditFormat, type Credit, type CreditSpan, type Trajectory } from '@interleave/trajectory'

/** Credit of a trajectory out of the parts of its spans that matter here. */
export function creditOf(
  { id }: Trajectory,
  spans: readonly (Pick<CreditSpan, 'start' | 'end' | 'advantage'> & { weight?: number })[],
): Credit {
  const common = { weight: 1, role: 'rollout' as const, estimator: 'test', groupId: 'group-0' }
  return { format: creditFormat, trajectoryId: id, spans: spans.map((span) => ({ ...common, ...span })) }
}
