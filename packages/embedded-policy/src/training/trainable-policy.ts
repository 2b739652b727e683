import { policyDisposed, type Trainable, type TrainingBatch, type UpdateReport } from '@interleave/policy'
import { InterleaveError } from '@interleave/trajectory'
import { defaultParameters } from '../default-parameters.ts'
import { policyWith } from '../embedded-policy.ts'
import { Perception } from '../perception/perception.ts'
import { Learner, type LearnerOptions } from './learner.ts'

/** How the embedded policy learns. The defaults of clip and KL are the paper's. */
export interface TrainingOptions {
  /** Where it starts, and what the KL term holds it to. Default: `defaultParameters()`. */
  readonly start?: Float64Array
  /** Of Adam. Default 0.24: the best of a few for plain GRPO over the scenes. */
  readonly learningRate?: number
  /** How often each batch is gone through, in one piece. Default 2. */
  readonly epochs?: number
  /** How far below and above 1 the ratio of a token may move before its gradient ends. Default 0.2 and 0.4. */
  readonly clip?: { readonly low: number; readonly high: number }
  /** Coefficient of the KL to the start. Default 1e-3. */
  readonly kl?: number
  /** Another policy whose memory of images is shared, so that what it has seen is not decoded again. */
  readonly sharing?: TrainablePolicy
}

/** An embedded policy that learns. Replies carry the version of the weights, which is a hash of the parameters. */
export interface TrainablePolicy extends Trainable {
  /** A copy of the parameters as they are now. */
  readonly parameters: Float64Array
}

const memories = new WeakMap<TrainablePolicy, Perception>()

/**
 * An embedded policy that learns from credit: clipped surrogate on per-token advantages, KL to the fixed start, Adam, exact
 * gradients. `update` repeats bit for bit for the same batches. Throws `bad_option` and `bad_parameters`.
 */
export function trainablePolicy(options: TrainingOptions = {}): TrainablePolicy {
  const { learningRate = 0.24, epochs = 2, clip = { low: 0.2, high: 0.4 }, kl = 1e-3 } = options
  const checked: LearnerOptions = { learningRate, epochs, clip: { ...clip }, kl }
  checkOptions(checked)
  const start = options.start?.slice() ?? defaultParameters()
  const perception = (options.sharing && memories.get(options.sharing)) ?? new Perception()
  let current = policyWith(start, perception)
  const learner = new Learner(start, perception, checked)
  let disposed = false
  const capabilities = { ...current.capabilities, model: 'embedded', weightVersions: true }

  const policy: TrainablePolicy = {
    capabilities,
    get parameters() {
      return current.parameters
    },
    async generate(request) {
      if (disposed) throw policyDisposed(capabilities)
      const drawing = current
      const reply = await drawing.generate(request)
      const version = drawing.capabilities.model
      return { ...reply, weightVersions: [{ version, start: 0, end: reply.tokens.length }] }
    },
    async update(batch: TrainingBatch): Promise<UpdateReport> {
      if (disposed) throw policyDisposed(capabilities)
      const report = await learner.update(batch)
      current = policyWith(learner.parameters, perception)
      return { weightVersion: current.capabilities.model, ...report }
    },
    [Symbol.asyncDispose]() {
      disposed = true
      return Promise.resolve()
    },
  }
  memories.set(policy, perception)
  return policy
}

function checkOptions({ clip, epochs, kl, learningRate }: LearnerOptions): void {
  const wrong = !(learningRate > 0 && learningRate < Infinity)
    ? `learningRate ${learningRate} must be a number above 0`
    : !(Number.isInteger(epochs) && epochs > 0)
      ? `epochs ${epochs} must be a whole number from 1`
      : !(clip.low > 0 && clip.low < 1 && clip.high > 0)
        ? `clip ${clip.low}, ${clip.high} must be above 0, the first below 1`
        : !(kl >= 0 && kl < Infinity)
          ? `kl ${kl} must be a number from 0`
          : undefined
  if (wrong !== undefined) throw new InterleaveError('bad_option', `trainablePolicy: ${wrong}.`)
}
