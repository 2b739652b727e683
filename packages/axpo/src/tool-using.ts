import { isSampled, type Trajectory } from '@interleave/trajectory'

/**
 * Whether the policy opened a call after its thinking, a malformed or unclosed one included. A tag inside the thinking is
 * text. Paper 2.1.
 */
export function toolUsing({ segments }: Pick<Trajectory, 'segments'>): boolean {
  return segments.some((segment) => isSampled(segment) && (segment.tag === 'call-open' || segment.kind === 'acting'))
}

/** The tool that the first call names: '' for one that could not be read, undefined without a call. */
export function firstTool(trajectory: Pick<Trajectory, 'segments'>): string | undefined {
  if (!toolUsing(trajectory)) return undefined
  return trajectory.segments.find((segment) => isSampled(segment) && segment.kind === 'acting')?.call?.tool ?? ''
}
