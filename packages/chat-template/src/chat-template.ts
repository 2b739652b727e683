import type { ContentPart, JsonValue, Segment, Tag, ToolOutcome, ToolSchema } from '@interleave/trajectory'

export interface PromptInput {
  readonly system?: string
  readonly tools: readonly ToolSchema[]
  readonly content: readonly ContentPart[]
}

/** An image's place among the segments' tokens: offset of its pad within the tokens of its own segment. */
export interface RenderedImage {
  readonly hash: string
  readonly at: number
  /** Pads the model sees in its place. A server that counts others is a fault, so a template needs the limits of its image processor. */
  readonly effectiveLength: number
}

/** A segment of context: no logprobs, and image offsets still relative to the segment. */
export interface RenderedSegment {
  readonly kind: 'prompt' | 'observation' | 'template'
  readonly text: string
  readonly tokens: readonly number[]
  readonly images: readonly RenderedImage[]
}

/** A call as read from a turn. `problem` is the sentence the model gets when it is not a call that can be run. */
export interface ReadCall {
  /** The text between the tags. */
  readonly raw: string
  /** Whether the closing tag was drawn. */
  readonly closed: boolean
  readonly tool?: string
  readonly input?: JsonValue
  readonly problem?: string
}

/** A stretch of a sampled turn; offsets within the turn's tokens. */
export interface TurnSegment {
  readonly kind: Exclude<Segment['kind'], 'prompt' | 'observation'>
  readonly text: string
  readonly start: number
  readonly end: number
  readonly tag?: Tag
  /** Index into the turn's calls: on its `acting` segment, or on the opening tag of a call with nothing in it. */
  readonly call?: number
}

/** A sampled turn, read back. Its segments cover every token once and in order. */
export interface Turn {
  readonly segments: readonly TurnSegment[]
  readonly calls: readonly ReadCall[]
  /** The end-of-turn token was drawn; false for a turn cut by its length limit. */
  readonly ended: boolean
}

/** A place where a turn may be cut: just after an opening tag that lies on token edges. Offset within the turn's tokens. */
export interface TurnBoundary {
  readonly at: number
  readonly tag: 'call-open' | 'answer-open'
}

/**
 * Messages and observations into token ids, and sampled turns back into segments. Ids in, ids out: what the policy drew is
 * never encoded again, and chat-template tokens spelt out in untrusted text stay text.
 */
export interface ChatTemplate {
  readonly name: string
  /** SHA-256 of everything that decides ids: template, vocabulary, version. */
  readonly hash: string
  /**
   * The id that stands for an image, once per image. A model that sees none has an id here that no token has, and refuses
   * content with images with the code `no_images`.
   */
  readonly imagePad: number
  /** Ids that end a turn. */
  readonly stopTokens: readonly number[]
  /** The whole prompt, generation prompt included: system text, tools, the question. */
  renderPrompt(input: PromptInput): RenderedSegment[]
  /** Segments and calls of one sampled turn, from its first token. Never throws on what a model wrote. */
  readTurn(tokens: readonly number[]): Turn
  /**
   * What follows a sampled turn that made calls: the end of the turn if it was not drawn, one observation per outcome, the
   * next generation prompt.
   */
  renderObservations(outcomes: readonly ToolOutcome[], turn: { readonly ended: boolean }): RenderedSegment[]
  /** Every place where this turn may be cut, in order: opening tags after the thinking closes. */
  boundaries(tokens: readonly number[]): TurnBoundary[]
  /** Text of some ids, for reading only. */
  decode(tokens: readonly number[]): string
}
