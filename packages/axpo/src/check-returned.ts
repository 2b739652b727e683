import { InterleaveError, placeSegments, type Origin, type Segment, type Trajectory } from '@interleave/trajectory'
import type { Prefix, RolloutRequest } from './rollout-source.ts'

/**
 * Throws `bad_rollout`, naming the rule, where a trajectory is not what was asked for: another id, seed or group, a fault
 * with a reward, tokens of the prefix changed, or inherited tokens anywhere else. A void continuation may be cut short
 * anywhere.
 */
export function checkReturned(trajectory: Trajectory, request: RolloutRequest, prefix?: Prefix): void {
  const demand = (holds: boolean, rule: string): void => {
    if (!holds) throw new InterleaveError('bad_rollout', `The rollout source returned for ${request.id} ${rule}.`)
  }
  demand(trajectory.id === request.id, `a trajectory with the id ${trajectory.id}; it must carry the id of the request`)
  demand(
    trajectory.seed === request.seed,
    `the seed ${trajectory.seed}; it must carry the seed of the request, ${request.seed}`,
  )
  demand(
    trajectory.group?.id === request.groupId && trajectory.group.index === request.index,
    `the group ${JSON.stringify(trajectory.group)}; it must be ${JSON.stringify({ id: request.groupId, index: request.index })}`,
  )
  demand(
    trajectory.fault === undefined || trajectory.reward === null,
    'a fault and a reward; a fault voids a rollout, so its reward must be null',
  )
  demand(
    (trajectory.stop === 'fault') === (trajectory.fault !== undefined),
    "a fault without stop 'fault', or the reverse; a void rollout stops so and says whose boundary failed",
  )
  if (trajectory.fault !== undefined) return

  const placed = placeSegments(trajectory.segments)
  const at = prefix?.at ?? 0
  const inherited = placed.filter(({ segment }) => segment.origin === 'inherited')
  demand(
    inherited.every(({ end }) => end <= at),
    `inherited tokens after token ${at}; only tokens of the prefix are inherited`,
  )
  if (prefix === undefined) return demand(trajectory.branch === undefined, 'a branch; a fresh rollout has none')

  const { from, at: cut, index } = trajectory.branch ?? {}
  demand(
    from === prefix.source.id && cut === at && index === request.index,
    `the branch ${JSON.stringify(trajectory.branch)}; it must be ${JSON.stringify({ from: prefix.source.id, at, index: request.index })}`,
  )
  demand(
    samePrefix(trajectory.segments, prefix),
    `other tokens, logprobs or origins before token ${at} than ${prefix.source.id}; a prefix is continued as it was drawn, its sampled tokens inherited`,
  )
}

/** The tokens before an offset, one by one: where segments begin and end is not compared. */
function trackBefore(
  segments: readonly Segment[],
  at: number,
): { ids: number[]; logprobs: unknown[]; origins: Origin[] } {
  const track = { ids: [] as number[], logprobs: [] as unknown[], origins: [] as Origin[] }
  for (const { tokens, logprobs, origin } of segments)
    for (let index = 0; index < tokens.length && track.ids.length < at; index += 1) {
      track.ids.push(tokens[index]!)
      track.logprobs.push(logprobs?.[index])
      track.origins.push(origin)
    }
  return track
}

function samePrefix(segments: readonly Segment[], { source, at }: Prefix): boolean {
  const made = trackBefore(segments, at)
  const drawn = trackBefore(source.segments, at)
  return drawn.ids.every((id, index) => {
    const frozen = drawn.origins[index] === 'context' ? 'context' : 'inherited'
    return made.ids[index] === id && made.logprobs[index] === drawn.logprobs[index] && made.origins[index] === frozen
  })
}
