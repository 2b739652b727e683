import { creditFormat, memoryMediaStore, messageOf, type Credit, type Trajectory } from '@interleave/trajectory'
import { expectCheck } from '@interleave/trajectory/testing'
import type { GenerateResult } from '../policy.ts'
import type { Trainable, TrainingBatch, UpdateReport } from '../trainable.ts'
import { equalTokens } from './equal-tokens.ts'
import { expectReply } from './expect-reply.ts'
import { PolicySubject, type PolicyChecksOptions } from './policy-subject.ts'
import { sampledTrajectory } from './sampled-trajectory.ts'

// Servers compute in half precision, and not quite alike each time.
const sameLogprob = 0.02

/** What can be seen of the weights from outside. */
interface Standing {
  readonly version: string
  readonly replies: readonly GenerateResult[]
}

/** A trainable policy under test: what it is given to learn from, and whether that changed it. */
export class TrainableSubject {
  readonly #policy: Trainable
  readonly #subject: PolicySubject

  constructor(policy: Trainable, options: PolicyChecksOptions) {
    this.#policy = policy
    this.#subject = new PolicySubject(policy, options)
  }

  /** Three trajectories of one turn each, drawn with the weights as they are. */
  async three(): Promise<[Trajectory, Trajectory, Trajectory]> {
    return [await this.#trajectory(1), await this.#trajectory(2), await this.#trajectory(3)]
  }

  async #trajectory(seed: number): Promise<Trajectory> {
    const { capabilities, options } = this.#subject
    const request = this.#subject.request({ seed })
    const reply = await this.#subject.send(request)
    expectReply(capabilities, request, reply)
    return sampledTrajectory(capabilities, request, reply, options.imagePad)
  }

  /** These trajectories with a list of spans for each, none where there is no list. */
  batch(trajectories: readonly Trajectory[], spans: readonly Credit['spans'][]): TrainingBatch {
    const credit = trajectories.map(({ id }, index): Credit => ({
      format: creditFormat,
      trajectoryId: id,
      spans: spans[index] ?? [],
    }))
    return { trajectories, credit, media: memoryMediaStore(this.#subject.options.images) }
  }

  /** An update that must go through. */
  async update(batch: TrainingBatch): Promise<UpdateReport> {
    return this.#policy.update(batch).catch((error: unknown) => {
      expectCheck(false, `the update rejects: ${messageOf(error)}`)
    })
  }

  /** What an update rejects with; null where it does not. */
  async rejection(batch: TrainingBatch): Promise<unknown> {
    return this.#policy.update(batch).then(
      () => null,
      (error: unknown) => error ?? new Error('nothing'),
    )
  }

  /** Some replies, and the version that all of them carry. */
  async standing(): Promise<Standing> {
    const replies: GenerateResult[] = []
    const versions = new Set<string>()
    for (const seed of [1, 2, 3]) {
      const request = this.#subject.request({ seed })
      const reply = await this.#subject.send(request)
      expectReply(this.#subject.capabilities, request, reply)
      expectCheck(
        reply.weightVersions !== undefined && reply.weightVersions.length > 0,
        'a reply carries no weight version',
      )
      for (const { version } of reply.weightVersions) versions.add(version)
      replies.push(reply)
    }
    const [version = ''] = versions
    expectCheck(versions.size === 1, `replies carry the versions ${[...versions].join(', ')} while nothing is trained`)
    return { version, replies }
  }

  /** Fails unless the weights are those of before, as far as replies tell. */
  async expectUnchanged(before: Standing, what: string): Promise<void> {
    const after = await this.standing()
    expectCheck(after.version === before.version, `${what} changed the version of the weights to ${after.version}`)
    if (!this.#subject.capabilities.seeded) return
    for (const [index, { logprobs, tokens }] of after.replies.entries()) {
      const old = before.replies[index]
      expectCheck(equalTokens(tokens, old?.tokens), `${what} changed what a seed draws`)
      const moved = (logprobs ?? []).some(
        (logprob, at) => !(Math.abs(logprob - (old?.logprobs?.[at] ?? 0)) < sameLogprob),
      )
      expectCheck(!moved, `${what} changed the logprobs of what a seed draws`)
    }
  }
}
