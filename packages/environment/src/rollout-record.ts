import type { ReadCall, RenderedSegment, Turn } from '@interleave/chat-template'
import type { Image, Segment, ToolCall, TurnRecord } from '@interleave/trajectory'
import { contextSegments } from './context-segments.ts'
import { pieceOf, type SampledTokens } from './turn-pieces.ts'

const spareRoom: readonly number[] = Array.from({ length: 512 }, () => 0)

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
  /** Tokens that have their segment. */
  placed = 0
  /** Tokens that the model sees beyond the logical ones: the expansion of pads. */
  expanded = 0

  constructor(imagePad: number) {
    this.imagePad = imagePad
  }

  /** Takes over segments that exist already: a cached prompt, or the whole turns of a prefix. */
  adopt(segments: readonly Segment[]): void {
    for (const segment of segments) {
      this.#place(segment)
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
      this.#place(segment)
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
  addTurn(turn: Turn, number: number, frozen: SampledTokens, drawn: SampledTokens): Segment[] {
    const acting: Segment[] = []
    for (const part of turn.segments) {
      const { origin, tokens, ...told } = pieceOf(part, frozen, drawn)
      const segment: Segment = { kind: part.kind, turn: number, origin, text: part.text, tokens, ...told }
      if (part.tag !== undefined) segment.tag = part.tag
      this.#place(segment)
      if (part.call === undefined) continue
      segment.call = callRecord(turn.calls[part.call], `call_${number}_${part.call}`)
      acting.push(segment)
    }
    return acting
  }

  #place(segment: Segment): void {
    this.segments.push(segment)
    this.placed += segment.tokens.length
    for (const { effective } of segment.images ?? []) this.expanded += effective.length - 1
  }

  #extend(tokens: readonly number[]): void {
    // Not push(...tokens): a long history would overflow the stack.
    for (const token of tokens) this.tokens.push(token)
  }
}

function callRecord(call: ReadCall | undefined, id: string): ToolCall {
  const record: ToolCall = { id, tool: call?.tool ?? '', raw: call?.raw ?? '' }
  if (call?.input !== undefined) record.input = call.input
  return record
}
