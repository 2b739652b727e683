import type { ToolRunner, ToolSession } from '@interleave/tool'
import type { Image, Segment } from '@interleave/trajectory'
import { replayCalls } from './replay-calls.ts'
import type { ResumedFrom } from './rollout-context.ts'

/** A rollout's tools at the place it goes on from. */
export interface EnteredPrefix {
  readonly session: ToolSession
  /** To be called once the session was disposed of. */
  readonly leave: () => Promise<void>
}

interface SharedPrefix {
  readonly replayed: Promise<ToolSession>
  readonly controller: AbortController
  users: number
}

/**
 * Tool sessions at the places that rollouts are resumed from. The calls before such a place are made again once for all
 * rollouts that go on from it at the same time; each of them gets a branch, live where its tools can be forked.
 */
export class PrefixSessions {
  readonly #runner: ToolRunner
  readonly #shared = new Map<string, SharedPrefix>()

  constructor(runner: ToolRunner) {
    this.#runner = runner
  }

  /** Rejects with the fault `replay_diverged` where a call comes out otherwise than recorded. */
  async enter(
    { frozen, prefix }: ResumedFrom,
    images: readonly Image[],
    branch: { readonly id: string; readonly seed: number; readonly signal: AbortSignal },
  ): Promise<EnteredPrefix> {
    const { source } = prefix
    // The seed tells apart what rollouts of two runs with one id would not.
    const key = JSON.stringify([source.id, source.seed, frozen.turn])
    let shared = this.#shared.get(key)
    if (shared === undefined) {
      shared = this.#replay(source, frozen.before, images)
      this.#shared.set(key, shared)
    }
    const joined = shared
    joined.users += 1
    const leave = async (): Promise<void> => {
      joined.users -= 1
      if (joined.users > 0) return
      if (this.#shared.get(key) === joined) this.#shared.delete(key)
      joined.controller.abort()
      const session = await joined.replayed.catch(() => undefined)
      await session?.[Symbol.asyncDispose]()
    }
    try {
      return { session: await (await joined.replayed).fork(branch), leave }
    } catch (error) {
      await leave()
      throw error
    }
  }

  #replay(source: ResumedFrom['prefix']['source'], before: readonly Segment[], images: readonly Image[]): SharedPrefix {
    const controller = new AbortController()
    const session = this.#runner.open({ id: source.id, seed: source.seed, signal: controller.signal, images })
    const replayed = replayCalls(session, before).then(
      () => session,
      async (error: unknown) => {
        await session[Symbol.asyncDispose]()
        throw error
      },
    )
    return { replayed, controller, users: 0 }
  }
}

/** Whether a place has calls before it, so that there may be state to bring back. */
export function hasCalls(segments: readonly Segment[]): boolean {
  return segments.some(({ call, outcome }) => call !== undefined && outcome !== undefined)
}
