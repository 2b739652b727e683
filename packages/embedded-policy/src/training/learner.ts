import { setImmediate } from 'node:timers/promises'
import type { TrainingBatch, UpdateReport } from '@interleave/policy'
import { InterleaveError, type Image } from '@interleave/trajectory'
import type { Perception } from '../perception/perception.ts'
import { Adam } from './adam.ts'
import { addReference, batchLoss, type BatchLoss } from './batch-loss.ts'
import type { LossOptions } from './token-loss.ts'
import { trainedTurns, type TrainedTurn } from './trained-turns.ts'

/** How a learner learns. */
export interface LearnerOptions extends LossOptions {
  /** Of Adam. */
  readonly learningRate: number
  /** How often each batch is gone through, in one piece. */
  readonly epochs: number
}

/** The parameters of a policy, and what is remembered between the updates of them. */
export class Learner {
  readonly #start: Float64Array
  readonly #perception: Perception
  readonly #options: LearnerOptions
  #adam: Adam
  #parameters: Float64Array

  /** Learns from `start` on, which also is what the KL term holds it to. */
  constructor(start: Float64Array, perception: Perception, options: LearnerOptions) {
    this.#start = start
    this.#parameters = start
    this.#perception = perception
    this.#options = options
    this.#adam = new Adam(start.length, { learningRate: options.learningRate })
  }

  get parameters(): Float64Array {
    return this.#parameters
  }

  /** One update. A batch without credit moves nothing; where it rejects, all is as it was. */
  async update({ credit, media, signal, trajectories }: TrainingBatch): Promise<Omit<UpdateReport, 'weightVersion'>> {
    signal?.throwIfAborted()
    if (credit.length !== trajectories.length)
      throw new InterleaveError(
        'bad_credit',
        `There are ${credit.length} records of credit for ${trajectories.length} trajectories; give one for each, in order.`,
      )
    const imagesOf = async ({ images }: TrainedTurn): Promise<Image[]> => {
      signal?.throwIfAborted()
      return Promise.all(
        images.map(async (image) => ({
          ...image,
          bytes: this.#perception.remembered([image]) === undefined ? await media.get(image) : new Uint8Array(),
        })),
      )
    }
    const turns = trajectories.flatMap((trajectory, index) => trainedTurns(trajectory, credit[index]!))
    const referenced = await addReference(turns, this.#start, this.#perception, imagesOf)
    const trainedTokens = referenced.reduce((sum, { trained }) => sum + trained.filter(Boolean).length, 0)
    const adam = this.#adam.copy()
    const passes: BatchLoss[] = []
    const epochs = trainedTokens === 0 ? 0 : this.#options.epochs
    let parameters = this.#parameters
    for (let epoch = 0; epoch < epochs; epoch += 1) {
      // Where every image is remembered nothing else waits, and no timer or signal would be heard.
      await setImmediate()
      const pass = await batchLoss(referenced, parameters, this.#perception, imagesOf, this.#options)
      parameters = adam.apply(parameters, pass.gradient)
      passes.push(pass)
    }
    if (!parameters.every(Number.isFinite))
      throw new InterleaveError(
        'diverged',
        'The update left the range of numbers, and was given up. Use a smaller learningRate.',
      )
    this.#adam = adam
    this.#parameters = parameters
    return { trainedTokens, metrics: metricsOf(passes) }
  }
}

/** Loss and gradient of the first pass, where the ratio is 1; KL and clipping of the last, which sees most of both. */
function metricsOf(passes: readonly BatchLoss[]): Record<string, number> {
  const [first, last] = [passes[0], passes.at(-1)]
  return {
    loss: first?.loss ?? 0,
    gradientNorm: Math.hypot(...(first?.gradient ?? [])),
    kl: last?.kl ?? 0,
    clipped: last?.clipped ?? 0,
  }
}
