import type { ReadCall, RenderedSegment, Turn, TurnSegment } from '@interleave/chat-template'
import type { Image, Segment, ToolCall, TurnRecord, WeightVersion } from '@interleave/trajectory'

const spareRoom: readonly number[] = Array.from({ length: 512 }, () => 0)

/** What one reply of the policy adds to a turn. */
export interface SampledTokens {
  readonly tokens: readonly number[]
  readonly logprobs?: readonly number[]
  readonly entropies?: readonly number[]
  readonly weightVersions?: readonly WeightVersion[]
}

/**
 * A rollout as it grows: segments, and all logical tokens in one array that is only ever appended to, so that it can be
 * handed to the policy without a copy.
 */
export class RolloutRecord {
  readonly segments: Segment[] = []
  tokens: number[] = []
  readonly images: Image[] = []
  readonly turns: TurnRecord[] = []
  readonly imagePad: number
  sampled = 0

  constructor(imagePad: number) {
    this.imagePad = imagePad
  }

  /** Takes over segments that exist already: a cached prompt, or the whole turns of a prefix. */
  adopt(segments: readonly Segment[]): void {
    for (const segment of segments) {
      this.segments.push(segment)
      if (segment.origin !== 'context') this.sampled += segment.tokens.length
    }
    // One native copy with room to grow: a prompt may hold tens of thousands of tokens, every rollout needs its own array
    // of them, and the first append to a full array would allocate half as much again.
    this.tokens = this.tokens.concat(...segments.map(({ tokens }) => tokens), spareRoom)
    this.tokens.length -= spareRoom.length
  }

  /** Adds context after the last token: an observation and its surroundings. */
  addContext(rendered: readonly RenderedSegment[], turn: number): void {
    for (const segment of contextSegments(rendered, turn, this.tokens.length, this.imagePad)) {
      this.segments.push(segment)
      this.#extend(segment.tokens)
    }
  }

  /** Adds tokens of a sampled turn to the token track. Their segments follow once the turn is read. */
  extendTurn(tokens: readonly number[]): void {
    this.#extend(tokens)
    this.sampled += tokens.length
  }

  /**
   * Adds the segments of a turn whose first `frozen.tokens.length` tokens were inherited. Returns those of its calls, in
   * order.
   */
  addTurn(
    turn: Turn,
    number: number,
    frozen: SampledTokens,
    drawn: SampledTokens,
    callId: (index: number) => string,
  ): Segment[] {
    const acting: Segment[] = []
    for (const part of turn.segments) {
      let segment: Segment | undefined
      for (const piece of piecesOf(part, frozen, drawn)) {
        segment = { kind: part.kind, turn: number, origin: piece.origin, text: part.text, tokens: piece.tokens }
        if (piece.logprobs !== undefined) segment.logprobs = piece.logprobs
        if (piece.entropies !== undefined) segment.entropies = piece.entropies
        if (part.tag !== undefined) segment.tag = part.tag
        if (piece.weightVersions !== undefined) segment.weightVersions = piece.weightVersions
        this.segments.push(segment)
      }
      if (part.call === undefined || segment === undefined) continue
      segment.call = callRecord(turn.calls[part.call], callId(part.call))
      acting.push(segment)
    }
    return acting
  }

  #extend(tokens: readonly number[]): void {
    // Not push(...tokens): a long history would overflow the stack.
    for (const token of tokens) this.tokens.push(token)
  }
}

/** Rendered context as segments whose image offsets count from the start of the trajectory. */
export function contextSegments(
  rendered: readonly RenderedSegment[],
  turn: number,
  offset: number,
  imagePad: number,
): Segment[] {
  let start = offset
  return rendered.map((part) => {
    const segment: Segment = {
      kind: part.kind,
      turn,
      origin: 'context',
      text: part.text,
      tokens: part.tokens as number[],
    }
    if (part.images.length > 0)
      segment.images = part.images.map((image) => ({
        hash: image.hash,
        at: start + image.at,
        effective: { id: imagePad, length: image.effectiveLength },
      }))
    start += part.tokens.length
    return segment
  })
}

function callRecord(call: ReadCall | undefined, id: string): ToolCall {
  const record: ToolCall = { id, tool: call?.tool ?? '', raw: call?.raw ?? '' }
  if (call?.input !== undefined) record.input = call.input
  return record
}

interface Piece extends Pick<Segment, 'tokens' | 'logprobs' | 'entropies' | 'weightVersions'> {
  origin: 'policy' | 'inherited'
}

// A segment never crosses a change of origin. A prefix ends at a tag, so a part is in one piece unless a template reads a
// longer turn differently.
function piecesOf(part: TurnSegment, frozen: SampledTokens, drawn: SampledTokens): Piece[] {
  const edge = frozen.tokens.length
  if (part.end <= edge) return [cut(frozen, 'inherited', part.start, part.end)]
  if (part.start >= edge) return [cut(drawn, 'policy', part.start - edge, part.end - edge)]
  return [cut(frozen, 'inherited', part.start, edge), cut(drawn, 'policy', 0, part.end - edge)]
}

function cut(from: SampledTokens, origin: Piece['origin'], start: number, end: number): Piece {
  const piece: Piece = { origin, tokens: from.tokens.slice(start, end) }
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
