import type { TurnSegment } from '@interleave/chat-template'
import { FaultError, type Segment, type WeightVersion } from '@interleave/trajectory'

/** Tokens that the policy drew, with what it told of them. */
export interface SampledTokens {
  readonly tokens: readonly number[]
  readonly logprobs?: readonly number[]
  readonly entropies?: readonly number[]
  readonly weightVersions?: readonly WeightVersion[]
}

/** A part of a turn as a segment's tokens: from the frozen beginning of the turn, or from what was drawn after it. */
export type TurnPiece = Pick<Segment, 'origin' | 'tokens' | 'logprobs' | 'entropies' | 'weightVersions'>

/**
 * The tokens of one part of a turn that begins with frozen ones. Throws a `prefix_reread` fault for a part that reaches
 * across the edge: a prefix ends at a tag, and a template must read its tokens the same whatever follows.
 */
export function pieceOf(part: TurnSegment, frozen: SampledTokens, drawn: SampledTokens): TurnPiece {
  const edge = frozen.tokens.length
  if (part.end <= edge) return cut(frozen, 'inherited', part.start, part.end)
  if (part.start >= edge) return cut(drawn, 'policy', part.start - edge, part.end - edge)
  throw new FaultError(
    'template',
    'prefix_reread',
    `The chat template reads the tokens ${part.start}-${part.end} of a resumed turn as one ${part.kind} segment, across its prefix of ${edge}: it must read a prefix alike whatever follows.`,
  )
}

function cut(from: SampledTokens, origin: TurnPiece['origin'], start: number, end: number): TurnPiece {
  const piece: TurnPiece = { origin, tokens: from.tokens.slice(start, end) }
  if (from.logprobs !== undefined) piece.logprobs = from.logprobs.slice(start, end)
  if (from.entropies !== undefined) piece.entropies = from.entropies.slice(start, end)
  if (from.weightVersions !== undefined) piece.weightVersions = versionsWithin(from.weightVersions, start, end)
  return piece
}

function versionsWithin(versions: readonly WeightVersion[], start: number, end: number): WeightVersion[] {
  return versions
    .filter((version) => version.start < end && version.end > start)
    .map(({ version, ...span }) => ({
      version,
      start: Math.max(span.start, start) - start,
      end: Math.min(span.end, end) - start,
    }))
}
