import { byteTemplate } from '@interleave/chat-template/byte'
import type { GenerateRequest, TrainingBatch } from '@interleave/policy'
import { policyChecks, trainableChecks } from '@interleave/policy/testing'
import { memoryMediaStore, sampledRuns, type MediaStore, type Trajectory } from '@interleave/trajectory'
import {
  exampleContinuation,
  exampleCredit,
  exampleImages,
  exampleTrajectory,
  runChecks,
} from '@interleave/trajectory/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { defaultParameters } from '../default-parameters.ts'
import { embeddedPolicy } from '../embedded-policy.ts'
import { parameterCount } from '../parameters.ts'
import { makeScene } from '../scene/make-scene.ts'
import { creditOf } from './__fixtures__/credit-of.ts'
import { playScene, type Played } from '../__fixtures__/play-scene.ts'
import { trainablePolicy, type TrainablePolicy, type TrainingOptions } from './trainable-policy.ts'

const template = byteTemplate()
const warm = trainablePolicy()
let played: Played[] = []
let media: MediaStore

/** Seen images are remembered, so that only the tests that count look-ups decode any. */
const fresh = (options: TrainingOptions = {}): TrainablePolicy => trainablePolicy({ sharing: warm, ...options })

/** Whole turns of trajectories, each with the next of the advantages. */
function batchOf(advantages: readonly number[], from = 0): TrainingBatch {
  const trajectories = advantages.map((_, index) => played[from + index]!.trajectory)
  const credit = trajectories.map((trajectory, index) =>
    creditOf(
      trajectory,
      sampledRuns(trajectory.segments).map((run) => ({ ...run, advantage: advantages[index]! })),
    ),
  )
  return { trajectories, credit, media }
}

const withoutCredit = ({ trajectories, ...batch }: TrainingBatch): TrainingBatch => ({
  ...batch,
  trajectories,
  credit: trajectories.map((trajectory) => creditOf(trajectory, [])),
})

/** Log probability of all that was drawn in a trajectory. */
async function logprobOf({ images, trajectory }: Played, parameters: Float64Array): Promise<number> {
  const policy = embeddedPolicy({ parameters })
  const tokens = trajectory.segments.flatMap((segment) => segment.tokens)
  let sum = 0
  for (const run of sampledRuns(trajectory.segments))
    for (const logprob of await policy.scoreTokens({
      tokens,
      images: shownBefore(images, trajectory, run.start),
      ...run,
    }))
      sum += logprob
  return sum
}

function shownBefore(images: Played['images'], { segments }: Trajectory, start: number): Played['images'] {
  const pads = segments.flatMap(({ images: given = [] }) => given).filter(({ at }) => at < start)
  return pads.map(({ hash }) => images.find((image) => image.hash === hash)!)
}

const request = (seed = 1): GenerateRequest => ({
  tokens: template
    .renderPrompt({ tools: [], content: [{ type: 'text', text: 'What is 2 + 2?' }] })
    .flatMap((part) => part.tokens),
  images: [],
  sampling: { temperature: 1, maxTokens: 400, seed, stopTokens: template.stopTokens },
  requestId: '',
  sessionKey: '',
  signal: new AbortController().signal,
})

const versionOf = async (policy: TrainablePolicy): Promise<string | undefined> =>
  (await policy.generate(request())).weightVersions?.[0]?.version

/** A store that says what it was asked for. */
function counted(): { get: MediaStore['get']; asked: string[] } {
  const asked: string[] = []
  return { asked, get: (key) => (asked.push(key.hash), media.get(key)) }
}

beforeAll(async () => {
  const kinds = ['colour-in-orange', 'shape-in-blue']
  for (const [index, kind] of kinds.entries()) {
    const scene = await makeScene({ seed: 1, kind, width: 640, height: 480, mark: 40 })
    for (let seed = 0; seed < 3; seed += 1) played.push(await playScene(warm, scene, 10 * index + seed))
  }
  media = memoryMediaStore(played.flatMap(({ images }) => images))
  // What was drawn with and without the tool takes turns.
  const turns = ({ trajectory }: Played): number => trajectory.turns.length
  expect(new Set(played.map(turns)).size).toBeGreaterThan(1)
})

describe('trainablePolicy', () => {
  it('passes the conformance suites, with images and without', async () => {
    const { imagePad, stopTokens } = template
    const { images, trajectory } = played[0]!
    const { start } = sampledRuns(trajectory.segments)[0]!
    const prompt = trajectory.segments.flatMap(({ tokens }) => tokens).slice(0, start)
    for (const material of [{ prompt: request().tokens }, { prompt, images: images.slice(0, 1), imagePad }]) {
      const policy = trainablePolicy()
      const options = { ...material, stopTokens, maxTokens: 200 }
      const results = await runChecks([...trainableChecks(policy, options), ...policyChecks(policy, options)])
      expect(results.filter(({ status }) => status === 'failed')).toEqual([])
      expect(results.slice(0, 4).map(({ status }) => status)).toEqual(['passed', 'passed', 'passed', 'passed'])
    }
  })

  it('makes what had a positive advantage likelier, and what had a negative one less likely', async () => {
    const policy = fresh({ epochs: 1 })
    const before = await Promise.all(played.map((one) => logprobOf(one, policy.parameters)))
    const advantages = [1, 1, 1, -1, -1, -1]
    const { metrics, trainedTokens } = await policy.update(batchOf(advantages))
    const after = await Promise.all(played.map((one) => logprobOf(one, policy.parameters)))
    const gains = after.map((logprob, index) => logprob - before[index]!)
    expect(sum(gains.slice(0, 3))).toBeGreaterThan(0.1)
    expect(sum(gains.slice(3))).toBeLessThan(-0.1)
    const lengths = played.map(({ trajectory }) => sum(trajectory.turns.map(({ sampled }) => sampled)))
    expect(trainedTokens).toBe(sum(lengths))
    // In the first pass nothing has moved: the loss is minus the mean advantage, and there is no KL.
    expect(metrics['loss']).toBeCloseTo(
      -sum(lengths.map((length, index) => length * advantages[index]!)) / trainedTokens,
      12,
    )
    expect(metrics).toMatchObject({ kl: 0, clipped: 0, gradientNorm: expect.closeTo(metrics['gradientNorm']!, 1) })
    expect(metrics['gradientNorm']).toBeGreaterThan(0)
  })

  it('sees in its second pass what the first one did', async () => {
    const { metrics } = await fresh({ epochs: 2, learningRate: 0.5 }).update(batchOf([1, -1, 1]))
    expect(metrics['kl']).toBeGreaterThan(0)
    expect(metrics['clipped']).toBeGreaterThan(0)
    expect(Object.keys(metrics)).toEqual(['loss', 'gradientNorm', 'kl', 'clipped'])
  })

  it('measures the KL to where it started, not to where it was before the update', async () => {
    const policy = fresh({ epochs: 1 })
    expect((await policy.update(batchOf([1, -1, 1]))).metrics['kl']).toBe(0)
    expect((await policy.update(batchOf([1, -1, 1]))).metrics['kl']).toBeGreaterThan(1e-6)
  })

  it('is held to the start by the KL', async () => {
    const far = async (kl: number): Promise<number> => {
      const { metrics } = await fresh({ kl, epochs: 30 }).update(batchOf([1, -1, 1]))
      return metrics['kl'] ?? 0
    }
    expect(await far(10)).toBeLessThan(0.5 * (await far(0)))
  })

  it('repeats bit for bit, and goes on from its moments', async () => {
    const [one, other] = [fresh(), fresh()]
    for (const policy of [one, other]) {
      await policy.update(batchOf([1, -1, 2]))
      await policy.update(batchOf([-1, 1], 3))
    }
    expect(one.parameters).toEqual(other.parameters)
    const late = fresh({ start: one.parameters })
    await Promise.all([one, late].map((policy) => policy.update(batchOf([-1, 1], 3))))
    expect(late.parameters).not.toEqual(one.parameters)
  })

  it('names its weights anew with each update, and its replies by them', async () => {
    const policy = fresh()
    const first = await versionOf(policy)
    const { weightVersion } = await policy.update(batchOf([1]))
    expect(weightVersion).not.toBe(first)
    const { tokens, weightVersions } = await policy.generate(request())
    expect(weightVersions).toEqual([{ version: weightVersion, start: 0, end: tokens.length }])
    expect(await versionOf(fresh({ start: policy.parameters }))).toBe(weightVersion)
    expect(policy.capabilities).toMatchObject({ model: 'embedded', weightVersions: true })
  })

  it('draws with its new weights', async () => {
    const policy = fresh()
    await policy.update(batchOf([1, -1, 1]))
    const reply = await policy.generate(request(3))
    const same = await embeddedPolicy({ parameters: policy.parameters }).generate(request(3))
    expect([reply.tokens, reply.logprobs]).toEqual([same.tokens, same.logprobs])
  })

  it('stands still for a batch without credit, and so does what it remembers of its slopes', async () => {
    const [policy, other] = [fresh(), fresh()]
    const { weightVersion } = await policy.update(batchOf([1, -1]))
    const before = policy.parameters
    const report = await policy.update(withoutCredit(batchOf([1, -1, 1])))
    expect(report).toMatchObject({
      trainedTokens: 0,
      weightVersion,
      metrics: { loss: 0, gradientNorm: 0, kl: 0, clipped: 0 },
    })
    expect(await policy.update({ trajectories: [], credit: [], media })).toEqual(report)
    expect(policy.parameters).toEqual(before)
    await policy.update(batchOf([1], 3))
    await other.update(batchOf([1, -1]))
    await other.update(batchOf([1], 3))
    expect(policy.parameters).toEqual(other.parameters)
  })

  it('does not give its own parameters out of hand', async () => {
    const start = defaultParameters()
    const policy = fresh({ start })
    start.fill(7)
    policy.parameters.fill(7)
    expect(policy.parameters).toEqual(defaultParameters())
    const other = fresh()
    await Promise.all([policy, other].map((one) => one.update(batchOf([1, -1]))))
    expect(policy.parameters).toEqual(other.parameters)
  })
})

describe('an update that is given up', () => {
  const reason = new Error('enough')

  /** The policy must be as one that never was asked: also its next update. */
  async function expectUntouched(policy: TrainablePolicy): Promise<void> {
    const other = fresh()
    expect(policy.parameters).toEqual(other.parameters)
    expect(await versionOf(policy)).toBe(await versionOf(other))
    await Promise.all([policy, other].map((one) => one.update(batchOf([1, -1], 3))))
    expect(policy.parameters).toEqual(other.parameters)
  }

  it('beforehand: rejects with the reason, whatever there is to train', async () => {
    const policy = fresh()
    const signal = AbortSignal.abort(reason)
    await expect(policy.update({ ...batchOf([1, -1]), signal })).rejects.toBe(reason)
    await expect(policy.update({ ...withoutCredit(batchOf([1])), signal })).rejects.toBe(reason)
    await expect(policy.update({ ...batchOf([1]), credit: [], signal })).rejects.toBe(reason)
    await expectUntouched(policy)
  })

  it('while an image is fetched: no other is asked for', async () => {
    const policy = trainablePolicy()
    const controller = new AbortController()
    const store = counted()
    const get: MediaStore['get'] = (key) => (controller.abort(reason), store.get(key))
    const batch = { ...batchOf([1, -1, 1, -1, 1, -1]), signal: controller.signal, media: { get } }
    await expect(policy.update(batch)).rejects.toBe(reason)
    expect(store.asked).toHaveLength(1)
    await expectUntouched(policy)
  })

  it.each([1, 2, 3])('between two passes: after %d rounds of the event loop', async (rounds) => {
    const policy = fresh({ epochs: 50 })
    const controller = new AbortController()
    const updating = policy.update({ ...batchOf([1, -1]), signal: controller.signal })
    for (let round = 0; round < rounds; round += 1) await new Promise((resolve) => setImmediate(resolve))
    controller.abort(reason)
    await expect(updating).rejects.toBe(reason)
    const other = fresh({ epochs: 50 })
    expect(policy.parameters).toEqual(other.parameters)
    await Promise.all([policy, other].map((one) => one.update(batchOf([1], 3))))
    expect(policy.parameters).toEqual(other.parameters)
  })

  it('by bad credit in the last of its trajectories', async () => {
    const policy = fresh()
    const batch = batchOf([1, -1])
    const credit = batch.credit.with(1, creditOf(batch.trajectories[1]!, [{ start: 0, end: 3, advantage: 1 }]))
    await expect(policy.update({ ...batch, credit })).rejects.toMatchObject({ code: 'bad_credit' })
    await expect(policy.update({ ...batch, credit: credit.slice(1) })).rejects.toMatchObject({
      code: 'bad_credit',
      message: 'There are 1 records of credit for 2 trajectories; give one for each, in order.',
    })
    await expectUntouched(policy)
  })

  it('by an image that is not there', async () => {
    const policy = trainablePolicy()
    const nothing = memoryMediaStore()
    await expect(policy.update({ ...batchOf([1]), media: nothing })).rejects.toMatchObject({ code: 'media_missing' })
    await expectUntouched(policy)
  })

  it('by tokens that it never draws, or did not draw there', async () => {
    const policy = fresh()
    const store = memoryMediaStore(Object.values(exampleImages()))
    const foreign = { trajectories: [exampleTrajectory()], credit: [exampleCredit()], media: store }
    await expect(policy.update(foreign)).rejects.toThrow('the embedded policy never draws token')
    const continuation = exampleContinuation()
    const runs = sampledRuns(continuation.segments).map((run) => ({ ...run, advantage: 1 }))
    const inherited = { trajectories: [continuation], credit: [creditOf(continuation, runs)], media: store }
    await expect(policy.update(inherited)).rejects.toThrow('were not drawn in this trajectory')
    await expectUntouched(policy)
  })

  it('by a step out of the range of numbers', async () => {
    const policy = fresh({ learningRate: 1e308, epochs: 4 })
    await expect(policy.update(batchOf([1, -1]))).rejects.toMatchObject({ code: 'diverged' })
    expect(policy.parameters).toEqual(defaultParameters())
  })

  it('because it has been disposed of', async () => {
    const policy = fresh()
    await policy[Symbol.asyncDispose]()
    await expect(policy.update(batchOf([1]))).rejects.toMatchObject({ code: 'disposed', boundary: 'policy' })
    await expect(policy.generate(request())).rejects.toMatchObject({ code: 'disposed' })
  })

  it('not by disposal under way, after which nothing can be drawn', async () => {
    const policy = fresh()
    const updating = policy.update(batchOf([1]))
    await policy[Symbol.asyncDispose]()
    await updating
    await expect(policy.generate(request())).rejects.toMatchObject({ code: 'disposed' })
  })
})

describe('images of an update', () => {
  it('are fetched once, and not at all where they were seen', async () => {
    const policy = trainablePolicy()
    const store = counted()
    const batch = { ...batchOf([1, -1, 1, -1, 1, -1]), media: store }
    const shown = batch.trajectories.flatMap(({ segments }) => segments.flatMap(({ images = [] }) => images))
    await policy.update(batch)
    expect(store.asked.toSorted()).toEqual([...new Set(shown.map(({ hash }) => hash))].toSorted())
    const again = counted()
    await policy.update({ ...batch, media: again })
    await trainablePolicy({ sharing: policy }).update({ ...batch, media: again })
    await fresh().update({ ...batch, media: again })
    expect(again.asked).toEqual([])
  })

  it('are those before the trained tokens', async () => {
    const index = played.findIndex(({ images }) => images.length > 1)
    const { images, trajectory } = played[index]!
    const [first] = sampledRuns(trajectory.segments)
    const store = counted()
    const credit = [creditOf(trajectory, [{ ...first!, advantage: 1 }])]
    const report = await trainablePolicy().update({ trajectories: [trajectory], credit, media: store })
    expect(report.trainedTokens).toBe(first!.end - first!.start)
    expect(store.asked).toEqual([images[0]!.hash])
  })
})

describe('options of trainablePolicy', () => {
  it.each<[TrainingOptions, string]>([
    [{ learningRate: 0 }, 'learningRate 0 must be a number above 0'],
    [{ learningRate: Number.NaN }, 'learningRate NaN must be a number above 0'],
    [{ learningRate: Infinity }, 'learningRate Infinity must be a number above 0'],
    [{ epochs: 0 }, 'epochs 0 must be a whole number from 1'],
    [{ epochs: 1.5 }, 'epochs 1.5 must be a whole number from 1'],
    [{ clip: { low: 0, high: 0.4 } }, 'clip 0, 0.4 must be above 0, the first below 1'],
    [{ clip: { low: 1, high: 0.4 } }, 'clip 1, 0.4 must be above 0, the first below 1'],
    [{ clip: { low: 0.2, high: -1 } }, 'clip 0.2, -1 must be above 0, the first below 1'],
    [{ kl: -1 }, 'kl -1 must be a number from 0'],
    [{ kl: Number.NaN }, 'kl NaN must be a number from 0'],
  ])('refuses %o', (options, sentence) => {
    const make = (): unknown => trainablePolicy(options)
    expect(make).toThrow(expect.objectContaining({ code: 'bad_option', message: `trainablePolicy: ${sentence}.` }))
  })

  it('refuses a start of another length', () => {
    expect(() => trainablePolicy({ start: new Float64Array(3) })).toThrow(
      expect.objectContaining({ code: 'bad_parameters' }),
    )
    expect(() => trainablePolicy({ start: new Float64Array(parameterCount).fill(Number.NaN) })).toThrow('finite')
  })
})

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
