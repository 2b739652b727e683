import {
  InterleaveError,
  placeSegments,
  type Segment,
  type Trajectory,
  type WeightVersion,
} from '@interleave/trajectory'
import type { SampledTokens } from './turn-pieces.ts'

/** A place to resample from: the first `at` logical tokens of `source`. */
export interface Prefix {
  readonly source: Trajectory
  readonly at: number
}

/** A prefix taken apart: whole turns before the cut, and the sampled part of the turn that it cuts. */
export interface FrozenPrefix extends SampledTokens {
  /** Prompt, whole earlier turns and their observations; sampled segments now `inherited`. */
  readonly before: readonly Segment[]
  /** Number of the turn that is cut. */
  readonly turn: number
}

/**
 * Takes a prefix apart. It must end where the source closed an opening tag, of a tool call or an answer, so that the same
 * ids are continued that the policy drew. Throws `bad_prefix` otherwise.
 */
export function freezePrefix({ source, at }: Prefix): FrozenPrefix {
  const placed = placeSegments(source.segments)
  const last = placed.find(({ end }) => end === at)
  const tag = last?.segment.tag
  if (last === undefined || last.segment.origin === 'context' || (tag !== 'call-open' && tag !== 'answer-open'))
    throw new InterleaveError(
      'bad_prefix',
      `Token ${at} of ${source.id} is not just after an opening tag of a call or an answer that the policy drew, so nothing can be resampled from there.`,
    )
  const pad = source.environment.template.imagePad
  if (placed.some(({ end, segment }) => end <= at && segment.origin !== 'context' && segment.tokens.includes(pad)))
    throw new InterleaveError(
      'bad_prefix',
      `The policy drew an image token before token ${at} of ${source.id}; it stands for no image, so no server would take this as history.`,
    )
  const turn = last.segment.turn
  const cut = placed.filter(({ segment, end }) => end <= at && segment.turn === turn && segment.origin !== 'context')
  const first = cut[0]?.index ?? 0
  return {
    before: source.segments.slice(0, first).map(inherit),
    turn,
    ...joinSegments(cut.map(({ segment }) => segment)),
  }
}

/** The sampled tokens of adjacent segments as one, with whatever each of them has of logprobs, entropies and versions. */
function joinSegments(segments: readonly Segment[]): SampledTokens {
  const tokens = segments.flatMap((segment) => segment.tokens)
  const logprobs = segments.flatMap((segment) => segment.logprobs ?? [])
  const entropies = segments.flatMap((segment) => segment.entropies ?? [])
  const weightVersions = placeSegments(segments).flatMap(({ segment, start: offset }) =>
    (segment.weightVersions ?? []).map(({ version, start, end }): WeightVersion => ({
      version,
      start: start + offset,
      end: end + offset,
    })),
  )
  return {
    tokens,
    ...(logprobs.length === tokens.length && { logprobs }),
    ...(entropies.length === tokens.length && { entropies }),
    ...(weightVersions.length > 0 && { weightVersions }),
  }
}

function inherit(segment: Segment): Segment {
  return segment.origin === 'policy' ? { ...segment, origin: 'inherited' } : segment
}
