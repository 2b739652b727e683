import {
  deriveSeed,
  effectiveTokens,
  InterleaveError,
  lintCredit,
  lintTrajectory,
  placeSegments,
  type Credit,
  type Image,
  type Trajectory,
} from '@interleave/trajectory'
import { exampleImage, runChecks } from '@interleave/trajectory/testing'
import { describe, expect, test } from 'vitest'
import { declareCapabilities } from '../declare-capabilities.ts'
import type { GenerateRequest, GenerateResult, PolicyCapabilities } from '../policy.ts'
import type { Trainable, TrainingBatch, UpdateReport } from '../trainable.ts'
import { plainImage } from './plain-image.ts'
import type { PolicyChecksOptions } from './policy-subject.ts'
import { trainableChecks } from './trainable-checks.ts'

const vocabulary = 8
const stop = 7
const pad = 6
const padLength = 4
const options: PolicyChecksOptions = { prompt: [1, 2, 3], stopTokens: [stop], deadlineMs: 1_000 }
const full: Partial<PolicyCapabilities> = {
  exact: true,
  images: true,
  logprobs: 'raw',
  seeded: true,
  weightVersions: true,
  effectivePrompt: true,
}

/** An honest learner: one weight for each token, whatever came before, and a plain step up its log probability. */
class Unigram implements Trainable {
  readonly capabilities: PolicyCapabilities
  readonly batches: TrainingBatch[] = []
  weights: number[] = Array.from({ length: vocabulary }, (_, id) => (id === pad ? -Infinity : 0))
  updates = 0

  constructor(declared: Partial<PolicyCapabilities> = full) {
    this.capabilities = declareCapabilities({ model: 'unigram', driver: 'in-process', ...declared })
  }

  get version(): string {
    return `v${this.updates}`
  }

  async generate({ sampling, tokens: prompt }: GenerateRequest): Promise<GenerateResult> {
    const total = Math.log(this.weights.reduce((sum, weight) => sum + Math.exp(weight), 0))
    const drawn: number[] = []
    while (drawn.length < sampling.maxTokens && !sampling.stopTokens.includes(drawn.at(-1) ?? -1)) {
      let left = deriveSeed(sampling.seed, 'draw', drawn.length) / 2 ** 32
      drawn.push(this.weights.findIndex((weight) => (left -= Math.exp(weight - total)) < 0))
    }
    return {
      tokens: drawn,
      finish: drawn.at(-1) === stop ? 'stop' : 'length',
      weightVersions: [{ version: this.version, start: 0, end: drawn.length }],
      ...(this.capabilities.logprobs !== 'none' && { logprobs: drawn.map((id) => (this.weights[id] ?? 0) - total) }),
      ...(this.capabilities.effectivePrompt && {
        effectivePrompt: prompt.flatMap((id) => (id === pad ? Array.from({ length: padLength }, () => pad) : id)),
      }),
    }
  }

  async update(batch: TrainingBatch): Promise<UpdateReport> {
    this.batches.push(batch)
    batch.signal?.throwIfAborted()
    const valued = batch.trajectories.flatMap((trajectory, index) =>
      this.read(trajectory, batch.credit[index]?.spans ?? []),
    )
    this.learn(valued)
    return { weightVersion: this.version, trainedTokens: valued.length, metrics: { loss: 0 } }
  }

  /** The tokens with credit, and what each is worth. */
  read({ segments }: Trajectory, spans: Credit['spans']): { token: number; value: number }[] {
    const placed = placeSegments(segments)
    return spans.flatMap(({ advantage, end, start, weight }) =>
      Array.from({ length: end - start }, (_, index) => {
        const at = start + index
        const holding = placed.find((segment) => segment.start <= at && at < segment.end)
        if (holding?.segment.origin !== 'policy') throw this.refusal(at)
        return { token: holding.segment.tokens[at - holding.start] ?? 0, value: advantage * weight }
      }),
    )
  }

  refusal(at: number): Error {
    return new InterleaveError('bad_credit', `Token ${at} was not drawn there.`)
  }

  learn(valued: readonly { token: number; value: number }[]): void {
    if (valued.length > 0) this.updates += 1
    this.shift(valued)
  }

  shift(valued: readonly { token: number; value: number }[]): void {
    for (const { token, value } of valued)
      this.weights[token] = (this.weights[token] ?? 0) + (0.5 * value) / valued.length
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

async function statuses(
  policy: Trainable,
  change: Partial<PolicyChecksOptions> = {},
): Promise<Record<'passed' | 'failed' | 'skipped', string[]>> {
  const byStatus = { passed: [] as string[], failed: [] as string[], skipped: [] as string[] }
  for (const { name, status } of await runChecks(trainableChecks(policy, { ...options, ...change })))
    byStatus[status].push(name.slice(0, name.indexOf(':')))
  return byStatus
}

const names = ['update', 'no credit', 'bad credit', 'aborted update']
const aFew = [{ token: 1, value: 5 }]

describe('trainableChecks', () => {
  test('an honest one passes all of them', async () => {
    expect(await statuses(new Unigram())).toEqual({ passed: names, failed: [], skipped: [] })
  })

  test('so does one that declares little beside its versions', async () => {
    expect(await statuses(new Unigram({ weightVersions: true }))).toMatchObject({ passed: names })
  })

  const other: Image = exampleImage()
  test.each<[string, PolicyChecksOptions]>([
    ['text', options],
    [
      'images',
      { ...options, prompt: [1, pad, 2, pad, pad, 3], images: [plainImage, other, plainImage], imagePad: pad },
    ],
    ['single tokens', { ...options, maxTokens: 1 }],
  ])('what it gives to be trained on is whole and without findings: %s', async (_, material) => {
    const policy = new Unigram()
    await runChecks(trainableChecks(policy, material))
    const [first, ...rest] = policy.batches
    const before = (await new Unigram().generate({ ...request, tokens: material.prompt })).effectivePrompt
    for (const { media, trajectories } of [first!, ...rest]) {
      for (const trajectory of trajectories) {
        expect(lintTrajectory(trajectory)).toEqual([])
        expect(effectiveTokens(trajectory.segments.slice(0, 1))).toEqual(before)
        for (const image of trajectory.media) await expect(media.get(image)).resolves.toBeInstanceOf(Uint8Array)
      }
    }
    const [credit = [], trajectories = []] = [first?.credit, first?.trajectories]
    expect(credit.flatMap((one, index) => lintCredit(one, trajectories[index]!))).toEqual([])
    expect(credit.map(({ spans }) => spans.length)).toEqual([1, 1, 0])
  })

  test('it leaves the policy for others to use', async () => {
    let disposals = 0
    class Counting extends Unigram {
      override async [Symbol.asyncDispose](): Promise<void> {
        disposals += 1
      }
    }
    await statuses(new Counting())
    expect(disposals).toBe(0)
  })

  test.each<[string, string[], new () => Unigram]>([
    [
      'counts what it was given, not what had credit',
      ['update', 'no credit'],
      class extends Unigram {
        override async update(batch: TrainingBatch): Promise<UpdateReport> {
          const sampled = batch.trajectories.flatMap(({ turns }) => turns.map((turn) => turn.sampled))
          return { ...(await super.update(batch)), trainedTokens: sampled.reduce((sum, count) => sum + count, 0) }
        }
      },
    ],
    [
      'reports a metric that is no number',
      ['update', 'no credit'],
      class extends Unigram {
        override async update(batch: TrainingBatch): Promise<UpdateReport> {
          return { ...(await super.update(batch)), metrics: { loss: Number.NaN } }
        }
      },
    ],
    [
      'keeps its version while it trains',
      ['update'],
      class extends Unigram {
        override get version(): string {
          return 'v'
        }
      },
    ],
    [
      'reports a version that replies do not carry',
      ['update', 'no credit'],
      class extends Unigram {
        override async update(batch: TrainingBatch): Promise<UpdateReport> {
          return { ...(await super.update(batch)), weightVersion: 'another' }
        }
      },
    ],
    [
      'gives replies without a version',
      names,
      class extends Unigram {
        override async generate(asked: GenerateRequest): Promise<GenerateResult> {
          const { finish, logprobs = [], tokens } = await super.generate(asked)
          return { tokens, logprobs, finish }
        }
      },
    ],
    [
      'gives every reply a version of its own',
      names,
      class extends Unigram {
        override async generate(asked: GenerateRequest): Promise<GenerateResult> {
          this.updates += 1
          return super.generate(asked)
        }
      },
    ],
    [
      'refuses a batch without credit',
      ['no credit'],
      class extends Unigram {
        override learn(valued: Parameters<Unigram['learn']>[0]): void {
          if (valued.length === 0) throw new Error('nothing to train')
          super.learn(valued)
        }
      },
    ],
    [
      'takes a new version for a batch without credit',
      ['no credit'],
      class extends Unigram {
        override learn(valued: Parameters<Unigram['learn']>[0]): void {
          this.updates += 1
          this.shift(valued)
        }
      },
    ],
    [
      'trains on a batch without credit, in silence',
      ['no credit'],
      class extends Unigram {
        override learn(valued: Parameters<Unigram['learn']>[0]): void {
          if (valued.length === 0) this.shift(aFew)
          else super.learn(valued)
        }
      },
    ],
    ['trains on the prompt', ['bad credit'], taking((origin) => origin === 'context')],
    ['trains on inherited tokens', ['bad credit'], taking((origin) => origin === 'inherited')],
    ['takes tokens beyond the end', ['bad credit'], taking((origin) => origin === undefined)],
    [
      'refuses bad credit without its code',
      ['bad credit'],
      class extends Unigram {
        override refusal(): Error {
          return new TypeError('bad_credit')
        }
      },
    ],
    [
      'has trained on the rest when it refuses bad credit',
      ['bad credit'],
      class extends Unigram {
        override refusal(at: number): Error {
          this.shift(aFew)
          return super.refusal(at)
        }
      },
    ],
    [
      'has a new version when it refuses bad credit',
      ['bad credit'],
      class extends Unigram {
        override refusal(at: number): Error {
          this.updates += 1
          return super.refusal(at)
        }
      },
    ],
    [
      'ignores the signal',
      ['aborted update'],
      class extends Unigram {
        override async update({ signal: _signal, ...batch }: TrainingBatch): Promise<UpdateReport> {
          return super.update(batch)
        }
      },
    ],
    [
      'rejects on abort with a reason of its own',
      ['aborted update'],
      class extends Unigram {
        override async update({ signal, ...batch }: TrainingBatch): Promise<UpdateReport> {
          if (signal?.aborted === true) throw new Error('the check aborted it')
          return super.update(batch)
        }
      },
    ],
    [
      'has trained when it sees the signal',
      ['aborted update'],
      class extends Unigram {
        override async update({ signal, ...batch }: TrainingBatch): Promise<UpdateReport> {
          const report = await super.update(batch)
          signal?.throwIfAborted()
          return report
        }
      },
    ],
    [
      'cannot be sampled from once it was updated',
      names,
      class extends Unigram {
        override async generate(asked: GenerateRequest): Promise<GenerateResult> {
          if (this.updates > 0) throw new Error('the server is still loading')
          return super.generate(asked)
        }
      },
    ],
  ])('fails one that %s', async (_, expected, Lying) => {
    expect((await statuses(new Lying())).failed).toEqual(expected)
  })

  test('says what the update rejected with', async () => {
    class Broken extends Unigram {
      override async update(): Promise<UpdateReport> {
        throw new Error('no trainer at this address')
      }
    }
    const results = await runChecks(trainableChecks(new Broken(), options))
    expect(results.map(({ reason }) => reason)).toEqual([
      'the update rejects: no trainer at this address',
      'the update rejects: no trainer at this address',
      'credit on the prompt is refused without the code bad_credit: no trainer at this address',
      'it rejects with "no trainer at this address", not with the reason of the signal',
    ])
  })
})

const request: GenerateRequest = {
  tokens: [],
  images: [],
  sampling: { temperature: 1, maxTokens: 1, seed: 1, stopTokens: [] },
  requestId: '',
  sessionKey: '',
  signal: new AbortController().signal,
}

/** One that trains on tokens of an origin that it should refuse; undefined is that of tokens beyond the end. */
function taking(accepts: (origin: string | undefined) => boolean): new () => Unigram {
  return class extends Unigram {
    override read(trajectory: Trajectory, spans: Credit['spans']): { token: number; value: number }[] {
      const placed = placeSegments(trajectory.segments)
      return spans.flatMap((span) =>
        Array.from({ length: span.end - span.start }, (_, index) => span.start + index).flatMap((at) => {
          const origin = placed.find(({ end, start }) => start <= at && at < end)?.segment.origin
          return accepts(origin)
            ? [{ token: 1, value: 1 }]
            : super.read(trajectory, [{ ...span, start: at, end: at + 1 }])
        }),
      )
    }
  }
}
