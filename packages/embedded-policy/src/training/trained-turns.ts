import {
  InterleaveError,
  logicalTokens,
  placeSegments,
  type Credit,
  type Media,
  type Trajectory,
} from '@interleave/trajectory'

/** The trained tokens of one turn: from the first to the last of them, those between without credit undefined. */
export interface TrainedTurn {
  readonly trajectoryId: string
  /** Logical ids from the start of the trajectory. */
  readonly tokens: readonly number[]
  /** The images of the pads before the turn, in order. */
  readonly images: readonly Media[]
  readonly start: number
  readonly end: number
  readonly credit: readonly (TokenCredit | undefined)[]
}

/** The value of one token, and its log probability as it was drawn. */
interface TokenCredit {
  readonly advantage: number
  readonly weight: number
  readonly sampled: number
}

/** The trained tokens of a trajectory, turn by turn. Throws `bad_credit` where a span covers what was not drawn in it. */
export function trainedTurns(trajectory: Trajectory, credit: Credit): TrainedTurn[] {
  if (credit.trajectoryId !== trajectory.id) refuse(credit, `it was given for the trajectory ${trajectory.id}.`)
  if (credit.spans.length === 0) return []
  const tokens = logicalTokens(trajectory.segments)
  const media = new Map(trajectory.media.map((entry) => [entry.hash, entry]))
  const shown = trajectory.segments.flatMap(({ images = [] }) => images)
  const turns = Map.groupBy(valuedTokens(trajectory, credit), ([, { turn }]) => turn)
  return [...turns.values()].map((own) => {
    const valued = new Map(own)
    const offsets = [...valued.keys()].toSorted((one, other) => one - other)
    const [start, end] = [offsets[0] ?? 0, (offsets.at(-1) ?? -1) + 1]
    return {
      trajectoryId: trajectory.id,
      tokens,
      images: shown
        .filter(({ at }) => at < start)
        .map(({ hash }) => media.get(hash) ?? refuse(credit, `its image ${hash} is not among the trajectory's media.`)),
      start,
      end,
      credit: Array.from({ length: end - start }, (_, index) => valued.get(start + index)),
    }
  })
}

/** Every credited token by its offset, with its turn. */
function valuedTokens(trajectory: Trajectory, credit: Credit): Map<number, TokenCredit & { turn: number }> {
  const valued = new Map<number, TokenCredit & { turn: number }>()
  const placed = placeSegments(trajectory.segments)
  for (const { advantage, end, start, weight } of credit.spans) {
    if (!Number.isFinite(advantage) || !Number.isFinite(weight))
      refuse(credit, `advantage ${advantage} and weight ${weight} of the span ${start}-${end} must be finite.`)
    let covered = 0
    for (const { segment, ...place } of placed) {
      const [from, to] = [Math.max(start, place.start), Math.min(end, place.end)]
      if (from >= to) continue
      const { logprobs, origin, turn } = segment
      if (origin !== 'policy') refuse(credit, `tokens ${from}-${to} were not drawn in this trajectory.`)
      if (logprobs?.length !== segment.tokens.length)
        refuse(credit, `tokens ${from}-${to} have no logprobs; without them there is no ratio.`)
      covered += to - from
      for (let at = from; at < to; at += 1) {
        if (valued.has(at)) refuse(credit, `token ${at} is in two spans.`)
        valued.set(at, { advantage, weight, sampled: logprobs[at - place.start] ?? 0, turn })
      }
    }
    if (covered !== end - start)
      refuse(credit, `the span ${start}-${end} does not lie within the ${placed.at(-1)?.end ?? 0} tokens.`)
  }
  return valued
}

function refuse(credit: Credit, reason: string): never {
  throw new InterleaveError('bad_credit', `Credit of ${credit.trajectoryId}: ${reason}`)
}
