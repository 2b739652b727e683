import type { ToolSchema } from '@interleave/trajectory'
import type { z } from 'zod'
import type { ImageList, ImageRegistry, NewImage, RegisteredImage } from './image-registry.ts'

/** Bounds that the runner keeps for every call. What is cut says so. */
export interface ToolLimits {
  /** Time for one call. Default 30,000. Only a call that waits can be stopped: a synchronous one holds the thread. */
  readonly timeoutMs?: number
  /** Characters of text in one observation. Default 20,000. */
  readonly maxOutputChars?: number
  /** Images in one observation. Default 10. */
  readonly maxImages?: number
  /** Pixels of one returned image. Default 100 million. */
  readonly maxPixels?: number
}

/** What a tool may know of its rollout. */
export interface RolloutContext {
  readonly id: string
  readonly seed: number
  readonly signal: AbortSignal
  readonly images: ImageList
  /**
   * Runs once after scoring, last registered first; all have one deadline together, after which the rest is started but
   * not waited for. A failure is recorded, not thrown.
   * What a tool's `setup` registered runs earlier when its state is given up.
   */
  readonly defer: (release: () => void | Promise<void>) => void
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
  readonly random: () => number
}

/** A piece of an observation as a tool returns it. */
export type OutputPart =
  | string
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly image: RegisteredImage | NewImage }

/** What the model sees. */
export type OutputContent = string | readonly OutputPart[]

/** What the model sees, and for tools that declare `value`, what programs read. */
export type ToolOutput<Value extends z.ZodType | undefined = undefined> = Value extends z.ZodType
  ? { readonly content: OutputContent; readonly value: z.input<Value> }
  : string | { readonly content: OutputContent; readonly value?: never }

/**
 * What the author of a tool writes. In a literal write `setup` before `run`, since TypeScript infers the state from left
 * to right. All failures of `run` that are the model's or the world's are thrown as `ToolError`; any other exception is a
 * fault of ours and voids the rollout.
 */
export interface ToolDefinition<Input extends z.ZodObject, Value extends z.ZodType | undefined, State> {
  /** Letters, digits, `_` and `-`, at most 64: what every server accepts. */
  readonly name: string
  readonly description: string
  /** What the model writes. Avoid tuples, whose JSON Schema differs from dialect to dialect. */
  readonly input: Input
  /** A typed result for programs, not shown to the model. */
  readonly value?: Value
  readonly limits?: ToolLimits
  /**
   * Whether calls of one rollout may overlap when their caller makes several at once: a session runs them together then.
   * A caller that waits for each call, as the environment does, never has two at a time. Default `serial`.
   */
  readonly concurrency?: 'serial' | 'parallel'
  /**
   * Makes the state of one rollout, before its first call. A state with `Symbol.asyncDispose` or `Symbol.dispose` is
   * released after scoring.
   */
  readonly setup?: (rollout: RolloutContext) => State | Promise<State>
  /** An exact copy of a live state for a branch of the rollout. Without it the branch replays every call that ran. */
  fork?(state: State, branch: RolloutContext): State | Promise<State>
  run(input: z.output<Input>, call: CallContext<State>): ToolOutput<Value> | Promise<ToolOutput<Value>>
}

/** A tool: frozen data and behaviour. Made by `defineTool`. The bare `Tool` stands for any of them. */
export interface Tool<
  Input extends z.ZodObject = z.ZodObject,
  Value extends z.ZodType | undefined = z.ZodType | undefined,
  State = unknown,
> extends ToolDefinition<Input, Value, State> {
  /** As a model is told of it; converted once. */
  readonly schema: ToolSchema
}
