import { FaultError, type ToolOutcome } from '@interleave/trajectory'
import type { RolloutContext, Tool } from '../tool.ts'
import type { CallRequest } from '../tool-session.ts'
import { toFault } from './fault.ts'
import { disposerOf, type ReleaseStack } from './release-stack.ts'
import type { RunningCalls } from './running-calls.ts'

/** A call that ran and so may have changed a state, even where it failed, with all that making it again needs. */
export interface RecordedCall {
  readonly request: CallRequest
  readonly index: number
  readonly seed: number
  /** How many images the rollout had when it began. */
  readonly imagesBefore: number
  readonly outcome: ToolOutcome
}

/** The live state of one tool in one rollout. */
export interface ToolState {
  readonly tool: Tool
  readonly value: unknown
  /** The calls that ran on it, for a tool that has no `fork`. */
  readonly history: RecordedCall[]
}

/** The states of one rollout by tool, made when first needed. */
export class ToolStates {
  readonly #live = new Map<Tool, Promise<ToolState>>()
  readonly #releases: ReleaseStack
  readonly #running: RunningCalls
  readonly #contextOf: (tool: Tool) => RolloutContext
  readonly #timeoutMs: number

  constructor(options: {
    releases: ReleaseStack
    running: RunningCalls
    contextOf: (tool: Tool) => RolloutContext
    timeoutMs: number
  }) {
    this.#releases = options.releases
    this.#running = options.running
    this.#contextOf = options.contextOf
    this.#timeoutMs = options.timeoutMs
  }

  /** The state of a tool, made by its `setup` unless told otherwise. Rejects with a `setup` fault where that fails. */
  of(tool: Tool, make = tool.setup): Promise<ToolState> {
    let state = this.#live.get(tool)
    if (state === undefined) {
      state = this.#make(tool, make)
      this.#live.set(tool, state)
    }
    return state
  }

  /** Every live state, oldest first. */
  live(): Promise<ToolState[]> {
    return Promise.all(this.#live.values())
  }

  /** Gives a state up: it is released, and the next call makes a new one. */
  async drop(state: ToolState): Promise<void> {
    const current = this.#live.get(state.tool)
    if (current === undefined || (await current) !== state) return
    this.#live.delete(state.tool)
    await this.#releases.release(state.tool.name)
  }

  async #make(tool: Tool, make: Tool['setup']): Promise<ToolState> {
    const call = this.#running.create()
    const settled = await this.#running.settle(call, this.#made(tool, make), this.#timeoutMs)
    if (call.stopped === 'cancelled') throw call.reason
    if (settled.kind === 'threw')
      throw toFault('setup', 'setup_failed', `The tool ${tool.name} could not be set up`, settled.error)
    if (settled.kind === 'given-up' || call.stopped !== undefined)
      throw new FaultError(
        'setup',
        'setup_timeout',
        `The tool ${tool.name} was not set up within ${this.#timeoutMs} ms; raise setupTimeoutMs if it needs longer.`,
      )
    return { tool, value: settled.output, history: [] }
  }

  // Registers the release even of a state that comes after its deadline.
  async #made(tool: Tool, make: Tool['setup']): Promise<unknown> {
    const value = await make?.(this.#contextOf(tool))
    const release = disposerOf(value)
    if (release !== undefined) this.#releases.push(tool.name, release)
    return value
  }
}
