import { seededRandom, sampledRuns, type Credit, type Image, type Trajectory } from '@interleave/trajectory'
import { beforeAll, describe, expect, it } from 'vitest'
import { defaultParameters } from '../default-parameters.ts'
import { embeddedPolicy } from '../embedded-policy.ts'
import { parameterLayout } from '../parameters.ts'
import { Perception } from '../perception/perception.ts'
import { makeScene } from '../scene/make-scene.ts'
import { creditOf } from './__fixtures__/credit-of.ts'
import { playScene, type Played } from '../__fixtures__/play-scene.ts'
import { addReference, batchLoss, type BatchLoss, type ReferencedTurn } from './batch-loss.ts'
import type { LossOptions } from './token-loss.ts'
import { trainedTurns, type TrainedTurn } from './trained-turns.ts'

const options: LossOptions = { clip: { low: 0.2, high: 0.4 }, kl: 0.5 }
const perception = new Perception()
const start = shaken(defaultParameters(), 1, 0.4)
// It zooms in about half of its rollouts, so that there are turns after images.
for (const { labels, name, offset } of parameterLayout)
  if (name.startsWith('think/')) start[offset + labels.indexOf('direct')]! -= 1
const sampling = shaken(start, 2, 0.3)
// Neither those of the start nor those that sampled, so that ratio, clip and KL all matter.
const parameters = shaken(sampling, 3, 1)

let batch: { trajectory: Trajectory; credit: Credit }[] = []
let turns: readonly ReferencedTurn[] = []
let images = new Map<string, Image>()

const imagesOf = async (turn: TrainedTurn): Promise<Image[]> => turn.images.map(({ hash }) => images.get(hash)!)
const lossAt = (at: Float64Array): Promise<BatchLoss> => batchLoss(turns, at, perception, imagesOf, options)

function shaken(values: Float64Array, seed: number, by: number): Float64Array {
  const random = seededRandom(seed)
  return values.map((value) => value + by * (2 * random() - 1))
}

/** Two spans a run of drawn tokens, with a gap between them, each with an advantage and a weight of its own. */
function mixedCredit(trajectory: Trajectory, seed: number): Credit {
  const random = seededRandom(seed)
  const value = (): { advantage: number; weight: number } => ({ advantage: 4 * random() - 2, weight: 0.5 + random() })
  const spans = sampledRuns(trajectory.segments).flatMap(({ end, start }) => {
    const middle = (start + end) >> 1
    return [
      { start, end: middle - 2, ...value() },
      { start: middle + 1, end, ...value() },
    ]
  })
  return creditOf(trajectory, spans)
}

beforeAll(async () => {
  const policy = embeddedPolicy({ parameters: sampling })
  const played: Played[] = []
  for (const [index, kind] of ['colour-in-orange', 'shape-in-blue', 'notch-right-teal', 'dots-below-lime'].entries()) {
    const scene = await makeScene({ seed: 1, kind, width: 640, height: 480, mark: 40 })
    for (let seed = 0; seed < 6; seed += 1) played.push(await playScene(policy, scene, 10 * index + seed))
  }
  images = new Map(played.flatMap((one) => one.images).map((image) => [image.hash, image]))
  batch = played.map(({ trajectory }, seed) => ({ trajectory, credit: mixedCredit(trajectory, seed) }))
  const credited = batch.flatMap(({ credit, trajectory }) => trainedTurns(trajectory, credit))
  turns = await addReference(credited, start, perception, imagesOf)
})

describe('batchLoss', () => {
  it('is the sum of weight x loss over the trained tokens by their number', async () => {
    const [now, reference] = [embeddedPolicy({ parameters }), embeddedPolicy({ parameters: start })]
    const sums = { loss: 0, kl: 0, above: 0, below: 0, count: 0 }
    for (const { credit, trajectory } of batch) {
      const tokens = trajectory.segments.flatMap((segment) => segment.tokens)
      const logprobs = trajectory.segments.flatMap((segment) => segment.logprobs ?? segment.tokens.map(() => 0))
      for (const { advantage, end, start, weight } of credit.spans) {
        const shown = trajectory.segments.flatMap(({ images: given = [] }) => given.filter(({ at }) => at < start))
        const request = { tokens, start, end, images: shown.map(({ hash }) => images.get(hash)!) }
        const [current, fixed] = await Promise.all([now.scoreTokens(request), reference.scoreTokens(request)])
        for (let at = start; at < end; at += 1) {
          const ratio = Math.exp(current[at - start]! - logprobs[at]!)
          const limit = advantage > 0 ? Math.min(ratio, 1.4) : Math.max(ratio, 0.8)
          const apart = fixed[at - start]! - current[at - start]!
          const kl = Math.exp(apart) - apart - 1
          sums.loss += weight * (0.5 * kl - limit * advantage)
          sums.kl += kl
          if (limit < ratio) sums.above += 1
          if (limit > ratio) sums.below += 1
          sums.count += 1
        }
      }
    }
    const told = await lossAt(parameters)
    expect(sums.count).toBeGreaterThan(1000)
    expect(told.loss).toBeCloseTo(sums.loss / sums.count, 12)
    expect(told.kl).toBeCloseTo(sums.kl / sums.count, 12)
    expect(told.clipped).toBeCloseTo((sums.above + sums.below) / sums.count, 12)
    expect(sums.above).toBeGreaterThan(0)
    expect(sums.below).toBeGreaterThan(0)
    expect(told.kl).toBeGreaterThan(1e-4)
  })

  it('has the gradient of its loss, for every parameter', async () => {
    const step = 1e-5
    const { gradient } = await lossAt(parameters)
    const slopes = new Float64Array(parameters.length)
    for (let index = 0; index < parameters.length; index += 1) {
      const moved = (by: number): Promise<BatchLoss> => lossAt(parameters.with(index, parameters[index]! + by))
      slopes[index] = ((await moved(step)).loss - (await moved(-step)).loss) / (2 * step)
    }
    const size = Math.hypot(...gradient)
    const error = Math.hypot(...gradient.map((slope, index) => slope - slopes[index]!))
    expect(size).toBeGreaterThan(1e-3)
    expect(error / size).toBeLessThan(1e-6)
    expect(gradient.filter((slope) => slope !== 0).length).toBeGreaterThan(40)
  })

  it('has a policy gradient alone where nothing has moved', async () => {
    const credited = batch.flatMap(({ credit, trajectory }) => trainedTurns(trajectory, credit))
    const same = await addReference(credited, sampling, perception, imagesOf)
    const told = await batchLoss(same, sampling, perception, imagesOf, options)
    const values = credited.flatMap(({ credit }) => credit.filter((token) => token !== undefined))
    const mean = values.reduce((sum, { advantage, weight }) => sum + advantage * weight, 0) / values.length
    expect(told.loss).toBeCloseTo(-mean, 12)
    expect(told).toMatchObject({ kl: 0, clipped: 0 })
  })

  it('is 0 with a flat gradient for no tokens', async () => {
    const told = await batchLoss([], parameters, perception, imagesOf, options)
    expect(told).toEqual({ loss: 0, kl: 0, clipped: 0, gradient: new Float64Array(parameters.length) })
  })
})

describe('addReference', () => {
  it('refuses a token that the policy never draws', async () => {
    const { trajectory } = batch[0]!
    const drawn = trajectory.segments.findIndex(({ kind }) => kind === 'thinking')
    const { end, start: first } = sampledRuns(trajectory.segments)[0]!
    const segments = trajectory.segments.with(drawn, {
      ...trajectory.segments[drawn]!,
      tokens: trajectory.segments[drawn]!.tokens.with(3, 0),
    })
    const foreign = { ...trajectory, segments }
    const credited = trainedTurns(foreign, creditOf(foreign, [{ start: first, end, advantage: 1 }]))
    await expect(addReference(credited, start, perception, imagesOf)).rejects.toMatchObject({
      code: 'bad_credit',
      message: `Credit of ${trajectory.id}: the embedded policy never draws token ${first + 3}, so it cannot be trained on it.`,
    })
    const around = creditOf(foreign, [{ start: first, end: first + 3, advantage: 1 }])
    await expect(addReference(trainedTurns(foreign, around), start, perception, imagesOf)).resolves.toHaveLength(1)
  })
})
