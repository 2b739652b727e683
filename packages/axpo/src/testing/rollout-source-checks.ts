import { isDeepStrictEqual } from 'node:util'
import { isSampled, sampledLength, trajectorySchema, type Task, type Trajectory } from '@interleave/trajectory'
import { expectCheck, skipCheck, type Check } from '@interleave/trajectory/testing'
import { checkReturned } from '../check-returned.ts'
import { describeRollout } from '../describe-rollout.ts'
import { firstAction } from '../first-action.ts'
import { parseOrThrow } from '../parse-or-throw.ts'
import type { Prefix, RolloutRequest, RolloutSource } from '../rollout-source.ts'

/** What the checks ask a rollout source for. */
export interface RolloutSourceSubject {
  /** A task on which the source at least sometimes calls a tool. */
  readonly task: Task
  /** Rollouts tried in search of one that calls a tool. Default 16. */
  readonly attempts?: number
  /** False for a source behind a server that does not repeat itself for a seed: checks that compare two runs are skipped. */
  readonly repeatable?: boolean
}

/**
 * The conformance suite of a rollout source: what `sampleStep` relies on. Run it with `runChecks` of
 * `@interleave/trajectory/testing`. It samples a few dozen rollouts.
 */
export function rolloutSourceChecks(source: RolloutSource, subject: RolloutSourceSubject): Check[] {
  const { task, attempts = 16, repeatable = true } = subject
  const rollout = (seed: number, signal: AbortSignal): Promise<Trajectory> =>
    source.rollout(task, requestOf(seed, `check.r${seed}`, signal))
  const resume = (prefix: Prefix, seed: number, signal: AbortSignal): Promise<Trajectory> =>
    source.resume(prefix, requestOf(seed, `${prefix.source.id}.c${seed}`, signal))

  async function findPrefix(signal: AbortSignal): Promise<Prefix> {
    for (let seed = 0; seed < attempts; seed += 1) {
      const trajectory = await rollout(seed, signal)
      const action = trajectory.fault === undefined ? firstAction(trajectory, 'call') : undefined
      if (action !== undefined) return { source: trajectory, at: action.at }
    }
    return skipCheck(
      `none of ${attempts} rollouts called a tool after a tag of its own tokens; give a task that needs one`,
    )
  }
  const needRepeatable = (): void => {
    if (!repeatable) skipCheck('the source does not repeat itself for a seed')
  }

  return [
    {
      name: 'a rollout is what was asked for, and well formed',
      async run(signal) {
        for (const seed of [0, 1, 2, 3]) {
          const trajectory = await rollout(seed, signal)
          checkReturned(trajectory, requestOf(seed, `check.r${seed}`, signal))
          expectWellFormed(trajectory)
        }
      },
    },
    {
      name: 'logprobs are of the sampled distribution',
      async run(signal) {
        const trajectory = await rollout(0, signal)
        // Any reward will do here: what counts as a success is the caller's.
        describeRollout(trajectory, { success: () => true })
      },
    },
    {
      name: 'the same seed gives the same rollout',
      async run(signal) {
        needRepeatable()
        for (const seed of [0, 1, 2, 3])
          expectSame(await rollout(seed, signal), await rollout(seed, signal), `rollout with seed ${seed}`)
      },
    },
    {
      name: 'a continuation inherits the prefix token for token',
      async run(signal) {
        const prefix = await findPrefix(signal)
        const before = structuredClone(prefix.source)
        for (const seed of [0, 1]) {
          const continuation = await resume(prefix, seed, signal)
          checkReturned(continuation, requestOf(seed, `${prefix.source.id}.c${seed}`, signal), prefix)
          expectWellFormed(continuation)
        }
        expectCheck(
          isDeepStrictEqual(prefix.source, before),
          'resume changed the source trajectory; it must leave it alone',
        )
      },
    },
    {
      name: 'the same seed gives the same continuation',
      async run(signal) {
        needRepeatable()
        const prefix = await findPrefix(signal)
        expectSame(await resume(prefix, 0, signal), await resume(prefix, 0, signal), 'continuation with seed 0')
      },
    },
    {
      name: 'calls at the same time do not mix',
      async run(signal) {
        const seeds = [0, 1, 2, 3, 4, 5, 6, 7]
        const together = await Promise.all(seeds.map((seed) => rollout(seed, signal)))
        for (const [seed, trajectory] of together.entries()) {
          checkReturned(trajectory, requestOf(seed, `check.r${seed}`, signal))
          if (repeatable) expectSame(trajectory, await rollout(seed, signal), `rollout with seed ${seed} among others`)
        }
      },
    },
    {
      name: 'a rollout that was called off comes back as cancelled',
      async run(signal) {
        const early = await rollout(0, AbortSignal.abort())
        expectCheck(
          early.stop === 'cancelled',
          `stop is '${early.stop}' under a signal that had fired; expected 'cancelled'`,
        )
        const controller = new AbortController()
        const running = rollout(1, AbortSignal.any([signal, controller.signal]))
        await Promise.resolve()
        controller.abort()
        const { stop, reward } = await running
        expectCheck(stop !== 'cancelled' || reward === null, 'a cancelled rollout has a reward; it must be null')
        expectCheck(stop !== 'fault', 'an abort was reported as a fault; it is nobody’s')
      },
    },
  ]
}

function requestOf(seed: number, id: string, signal: AbortSignal): RolloutRequest {
  return { id, groupId: 'check', index: seed, sessionKey: 'check', seed, signal }
}

function expectSame(a: Trajectory, b: Trajectory, what: string): void {
  const fields = Object.keys({ ...a, ...b }) as (keyof Trajectory)[]
  const field = fields.find((key) => key !== 'timing' && !isDeepStrictEqual(a[key], b[key]))
  expectCheck(field === undefined, `two runs of the ${what} differ in ${field}; only timing may differ`)
}

function expectWellFormed(trajectory: Trajectory): void {
  const { id, segments, environment, policy } = parseOrThrow(trajectorySchema, trajectory, 'bad_rollout', trajectory.id)
  const drawn = segments.filter(isSampled)
  for (const [index, segment] of segments.entries()) {
    const expected = isSampled(segment) && policy.logprobs !== 'none' ? segment.tokens.length : 0
    expectCheck(
      (segment.logprobs?.length ?? 0) === expected,
      `segment ${index} of ${id} has ${segment.logprobs?.length ?? 0} logprobs; expected ${expected}: one for each sampled token, none for others`,
    )
  }
  const turns = Math.max(0, ...drawn.map(({ turn }) => turn))
  expectCheck(turns <= environment.limits.turns, `${id} has ${turns} turns; its limit is ${environment.limits.turns}`)
  const tokens = sampledLength(segments)
  expectCheck(
    tokens <= environment.limits.tokens,
    `${id} has ${tokens} sampled tokens, its prefix included; its limit is ${environment.limits.tokens}`,
  )
}
