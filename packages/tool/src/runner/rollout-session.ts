import { FaultError, InterleaveError, type ToolOutcome } from '@interleave/trajectory'
import { ImageLog } from '../image-registry.ts'
import type { CallRequest, CallResult, RolloutInfo, ToolSession } from '../tool-session.ts'
import { attemptCall, type CallScope } from './attempt-call.ts'
import { CallOrder, type Place } from './call-order.ts'
import { errorOutcome } from './outcome.ts'
import { ReleaseStack } from './release-stack.ts'
import { rolloutContexts } from './rollout-contexts.ts'
import { RunningCalls } from './running-calls.ts'
import { ToolStates, type RecordedCall } from './tool-states.ts'

/** What all sessions of a runner share. */
export interface SessionSettings extends Pick<CallScope, 'tools' | 'limits'> {
  readonly graceMs: number
  readonly setupTimeoutMs: number
  readonly releaseTimeoutMs: number
}

const closedMessage = 'The session is closed: its rollout is over.'

export class RolloutSession implements ToolSession {
  readonly images: ImageLog
  readonly #settings: SessionSettings
  readonly #info: RolloutInfo
  readonly #scope: CallScope
  readonly #releases: ReleaseStack
  readonly #order = new CallOrder()
  #seed: number
  #calls = 0
  #closing: Promise<void> | undefined

  constructor(settings: SessionSettings, info: RolloutInfo) {
    this.#settings = settings
    this.#info = info
    this.#seed = info.seed
    this.images = new ImageLog(info.images ?? [])
    this.#releases = new ReleaseStack(settings.releaseTimeoutMs)
    const running = new RunningCalls(info.signal, settings.graceMs)
    const { id, signal } = info
    const seed = (): number => this.#seed
    const contextOf = rolloutContexts({ id, signal, seed, images: this.images, releases: this.#releases })
    const states = new ToolStates({ releases: this.#releases, running, contextOf, timeoutMs: settings.setupTimeoutMs })
    const { limits, tools } = settings
    this.#scope = { tools, limits, signal, images: this.images, states, running, contextOf }
  }

  get releaseFailures(): readonly string[] {
    return this.#releases.failures
  }

  call(request: CallRequest): Promise<CallResult> {
    const index = this.#calls++
    const parallel = this.#scope.tools.get(request.tool)?.tool.concurrency === 'parallel'
    return this.#order.enter(parallel, (place) => this.#perform(request, index, this.#info.seed, place))
  }

  refuse(request: CallRequest, code: string, message: string): CallResult {
    const outcome = errorOutcome(request, this.#calls++, code, message, this.#scope.limits.maxOutputChars)
    return { outcome, usage: { callId: request.id, queueMs: 0, wallMs: 0 }, images: [] }
  }

  async fork(info: Omit<RolloutInfo, 'images'>): Promise<ToolSession> {
    await this.#order.idle()
    const live = await this.#scope.states.live()
    const branch = new RolloutSession(this.#settings, info)
    branch.#calls = this.#calls
    try {
      // The branch's list grows as this one grew, so that each call and each setup sees what it saw.
      const replayed = live.flatMap((state) => state.history).toSorted((one, other) => one.index - other.index)
      for (const recorded of replayed) {
        branch.images.append([...this.images].slice(branch.images.length, recorded.imagesBefore))
        await branch.#repeat(recorded)
      }
      branch.images.append([...this.images].slice(branch.images.length))
      branch.#seed = info.seed
      for (const { tool, value } of live)
        if (tool.fork !== undefined) await branch.#scope.states.of(tool, (rollout) => tool.fork?.(value, rollout))
      return branch
    } catch (error) {
      await branch[Symbol.asyncDispose]()
      throw error
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #perform(request: CallRequest, index: number, seed: number, place: Place): Promise<CallResult> {
    const asked = performance.now()
    if (place.start !== undefined) await place.start
    if (this.#closing !== undefined) throw new InterleaveError('session_closed', closedMessage)
    this.#info.signal.throwIfAborted()
    this.#seed = seed
    const started = performance.now()
    const imagesBefore = this.images.length
    const { added, outcome, state } = await attemptCall(this.#scope, request, index, seed)
    if (place.finish !== undefined) await place.finish
    const usage = { callId: request.id, queueMs: started - asked, wallMs: performance.now() - started }
    if (state !== undefined && state.tool.fork === undefined)
      state.history.push({ request, index, seed, imagesBefore, outcome })
    return { outcome, usage, images: place.replay === true ? [] : this.images.append(added) }
  }

  async #repeat({ index, outcome, request, seed }: RecordedCall): Promise<void> {
    const again = await this.#perform(request, index, seed, { replay: true })
    if (sameOutcome(again.outcome, outcome)) return
    throw new FaultError(
      'tool',
      'replay_diverged',
      `The tool ${request.tool} answered call ${request.id} differently when it was made again; give it a \`fork\` or make it deterministic.`,
    )
  }

  async #close(): Promise<void> {
    const { running } = this.#scope
    // An error with its stack is dear, and most rollouts are closed when nothing runs any more.
    if (running.active) running.stopAll(new InterleaveError('session_closed', closedMessage))
    await this.#order.idle()
    running.close()
    await this.#releases.close()
  }
}

function sameOutcome(one: ToolOutcome, other: ToolOutcome): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
