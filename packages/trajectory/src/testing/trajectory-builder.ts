import type { ContentPart } from '../content.ts'
import { mediaOf } from '../create-image.ts'
import type { JsonValue } from '../json-value.ts'
import type { Image, Media } from '../media.ts'
import { logicalLength } from '../offsets.ts'
import type { Segment, Tag } from '../segment.ts'
import type { ToolOutcome } from '../tool-record.ts'
import type { Trajectory, TurnRecord } from '../trajectory.ts'

/** The token id that stands for an image in built trajectories. Text is one token per UTF-8 byte, ids 0 to 255. */
export const examplePad = 256

const tags: readonly { tag: Tag; text: string }[] = [
  { tag: 'think-open', text: '<think>' },
  { tag: 'think-close', text: '</think>' },
  { tag: 'call-open', text: '<tool_call>' },
  { tag: 'call-close', text: '</tool_call>' },
  { tag: 'answer-open', text: '<answer>' },
  { tag: 'answer-close', text: '</answer>' },
  { tag: 'turn-end', text: '<end>' },
]

/** An observation: what the tool gave back, or the error the model saw. */
export interface ExampleObservation {
  text: string
  image?: Image
  error?: { code: string; message: string }
}

/** Segments, turns and media of a trajectory, added in the order of the conversation; offsets and records are kept right. */
export class TrajectoryBuilder {
  readonly segments: Segment[] = []
  readonly turns: TurnRecord[] = []
  readonly media: Media[] = []
  #turn = 0
  #observing = true
  #calls: Segment[] = []
  #outcomes = 0

  /** Starts from the first `at` tokens of a trajectory, its sampled tokens marked as inherited. `at` must end a segment. */
  static resume(source: Trajectory, at: number): TrajectoryBuilder {
    const builder = new TrajectoryBuilder()
    builder.media.push(...source.media)
    for (const segment of source.segments) {
      if (logicalLength(builder.segments) >= at) break
      builder.segments.push({ ...segment, origin: segment.origin === 'context' ? 'context' : 'inherited' })
      builder.#turn = segment.turn
      builder.#observing = segment.origin === 'context'
    }
    return builder
  }

  /** Part of the prompt, with an image after its text if there is one. */
  prompt(text: string, image?: Image): this {
    return this.#context('prompt', text, image)
  }

  /** A thinking block with its tags. */
  think(text: string): this {
    return this.tag('think-open').#sampled('thinking', text).tag('think-close')
  }

  /** A tool call with its tags. `input` may be a string: then it stands as it is and does not count as parsed. */
  call(tool: string, input: JsonValue): this {
    return this.tag('call-open').callBody(tool, input).tag('call-close')
  }

  /** A tool call without its tags: what a continuation begins with. */
  callBody(tool: string, input: JsonValue): this {
    const raw = typeof input === 'string' ? input : JSON.stringify({ name: tool, arguments: input })
    const call = { id: `call-${this.#count('acting')}`, tool, raw, ...(typeof input === 'string' ? {} : { input }) }
    this.#sampled('acting', raw, { call })
    this.#calls.push(...this.segments.slice(-1))
    return this
  }

  /** The observation that answers the oldest call still open; its outcome is put beside the call. */
  observe(observation: ExampleObservation): this {
    const acting = this.#calls.shift()
    const call = acting?.call
    if (acting === undefined || call === undefined) throw new Error('observe() needs a call() before it.')
    const { text, image, error } = observation
    const content: ContentPart[] = [{ type: 'text', text }]
    if (image)
      content.push({ type: 'image', hash: image.hash, mime: image.mime, width: image.width, height: image.height })
    const status = error ? 'error' : 'ok'
    const outcome: ToolOutcome = { callId: call.id, tool: call.tool, index: this.#outcomes, status, content }
    if (error) outcome.error = error
    this.#outcomes += 1
    acting.outcome = outcome
    return this.#context('observation', text, image)
  }

  /** The answer and the end of its turn. */
  answer(text: string): this {
    return this.#sampled('answer', text).tag('turn-end')
  }

  /** One tag, sampled by the policy. */
  tag(tag: Tag): this {
    const at = tags.findIndex((known) => known.tag === tag)
    return this.#push({ kind: 'template', text: tags[at]?.text ?? '', tokens: [examplePad + 1 + at], tag })
  }

  #count(kind: Segment['kind']): number {
    return this.segments.filter((segment) => segment.kind === kind).length
  }

  #context(kind: 'prompt' | 'observation', text: string, image?: Image): this {
    const tokens = [...new TextEncoder().encode(text)]
    const at = logicalLength(this.segments) + tokens.length
    const segment: Segment = { kind, turn: this.#turn, origin: 'context', text, tokens }
    if (image) {
      tokens.push(examplePad)
      segment.images = [{ hash: image.hash, at, effective: { id: examplePad, length: 4 } }]
      if (!this.media.some((media) => media.hash === image.hash)) this.media.push(mediaOf(image))
    }
    this.segments.push(segment)
    this.#observing = true
    return this
  }

  #sampled(kind: Segment['kind'], text: string, extra: Partial<Segment> = {}): this {
    return this.#push({ kind, text, tokens: [...new TextEncoder().encode(text)], ...extra })
  }

  #push(segment: Pick<Segment, 'kind' | 'text' | 'tokens'> & Partial<Segment>): this {
    if (this.#observing) this.#turn += 1
    this.#observing = false
    const start = logicalLength(this.segments)
    while (this.turns.length < this.#turn) this.turns.push({ prompt: start, sampled: 0, finish: 'stop' })
    const record = this.turns[this.#turn - 1]
    if (record) record.sampled += segment.tokens.length
    const logprobs = segment.tokens.map((_, index) => -(((start + index) % 16) + 1) / 16)
    this.segments.push({ turn: this.#turn, origin: 'policy', logprobs, ...segment })
    return this
  }
}
