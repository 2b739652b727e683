import type { Box, Image, PixelLimits } from '@interleave/trajectory'
import type { z } from 'zod'

/** Bounds that the runner keeps for every call. What is cut says so. */
export interface ToolLimits {
  /** Time for one call. Default 30,000. */
  readonly timeoutMs?: number
  /** Characters of text in one observation. Default 20,000. */
  readonly maxOutputChars?: number
  /** Images in one observation. Default 10. */
  readonly maxImages?: number
  /** Pixels of one returned image. Default 100 million. */
  readonly maxPixels?: number
}

/** An image as a tool hands it over: encoded bytes. The registry hashes and numbers it. */
export interface NewImage {
  readonly bytes: Uint8Array
  readonly mime: string
  readonly width: number
  readonly height: number
  readonly parent?: { readonly hash: string; readonly box: Box }
  readonly limits?: PixelLimits
}

/** An image of this rollout. `index` counts from 0 in order of appearance in the conversation. */
export interface RegisteredImage extends Image {
  readonly index: number
}

/** The append-only list of a rollout's images, shared by all its tools: the task's first, then what tools add. */
export interface ImageRegistry extends Iterable<RegisteredImage> {
  readonly length: number
  get(index: number): RegisteredImage | undefined
  add(image: NewImage): RegisteredImage
}

/** What a tool may know of its rollout. Equal for all tools of one rollout. */
export interface RolloutContext {
  readonly id: string
  readonly seed: number
  readonly signal: AbortSignal
  readonly images: ImageRegistry
  /** Runs once after scoring, last registered first, each with a deadline of its own; a failure is recorded, not thrown. */
  defer(release: () => void | Promise<void>): void
}

/** One call. `signal` fires at the call's time limit or when the rollout is cancelled, whichever comes first. */
export interface CallContext<State = undefined> {
  readonly id: string
  /** Number of earlier calls in this rollout. */
  readonly index: number
  readonly rollout: RolloutContext
  readonly images: ImageRegistry
  readonly state: State
  readonly signal: AbortSignal
  /** Uniform in [0, 1): the only randomness a tool may use. Derived from rollout seed, tool name and call index. */
  random(): number
}

/** A piece of an observation as a tool returns it. */
export type OutputPart =
  | string
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly image: RegisteredImage | NewImage }

/** What the model sees, and for tools that declare `value`, what programs read. */
export type ToolOutput<Value extends z.ZodType | undefined = undefined> = Value extends z.ZodType
  ? { readonly content: string | readonly OutputPart[]; readonly value: z.input<Value> }
  : string | { readonly content: string | readonly OutputPart[] }

/**
 * A tool: frozen data and behaviour. In a literal write `setup` before `run`, since TypeScript infers the state from left
 * to right.
 */
export interface Tool<
  Input extends z.ZodObject = z.ZodObject,
  Value extends z.ZodType | undefined = z.ZodType | undefined,
  State = unknown,
> {
  readonly name: string
  readonly description: string
  readonly input: Input
  readonly value?: Value
  readonly limits?: ToolLimits
  /** Whether calls of one rollout may overlap. Default `serial`. */
  readonly concurrency?: 'serial' | 'parallel'
  /** Makes the state of one rollout, before its first call. */
  readonly setup?: (rollout: RolloutContext) => State | Promise<State>
  /** An exact copy of a live state for a branch of the rollout. Without it the branch replays the successful calls. */
  readonly fork?: (state: State, branch: RolloutContext) => State | Promise<State>
  run(input: z.output<Input>, call: CallContext<State>): ToolOutput<Value> | Promise<ToolOutput<Value>>
}
