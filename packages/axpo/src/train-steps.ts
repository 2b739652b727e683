import type { Task } from '@interleave/trajectory'
import { sampleStep } from './sample-step.ts'
import type { SampleStepInput } from './sample-step-input.ts'
import type { StepResult } from './step-result.ts'

export interface TrainStepsInput<Report> extends Omit<SampleStepInput, 'tasks' | 'step'> {
  /** The questions of a step, counted from 0. */
  readonly tasks: (step: number) => readonly Task[] | Promise<readonly Task[]>
  /** How many steps there are. */
  readonly steps: number
  /** The first of them, for a run that goes on. Default 0. */
  readonly from?: number
  /**
   * Teaches the policy that the source samples from: trajectories and credit in, what there is to report out. It is called
   * while nothing is sampled, and the next step is sampled from the policy as it leaves it. The `update` of a `Trainable` of
   * `@interleave/policy`, with where the images are, is one; a call to a trainer elsewhere is another.
   */
  readonly update: (result: StepResult) => Promise<Report>
}

/** A step that was sampled and learnt from. */
export interface TrainedStep<Report> {
  readonly result: StepResult
  readonly update: Report
}

/**
 * The training loop: sample, resample, credit, update, step after step, each yielded once the policy has learnt from it. The
 * reader may evaluate the policy between steps. Rejects with what `sampleStep` or `update` rejects with, and with the signal's
 * reason on abort.
 */
export async function* trainSteps<Report>(
  input: TrainStepsInput<Report>,
): AsyncGenerator<TrainedStep<Report>, void, undefined> {
  const { from = 0, steps, tasks, update, ...sampling } = input
  for (let step = from; step < steps; step += 1) {
    input.signal?.throwIfAborted()
    const result = await sampleStep({ ...sampling, tasks: await tasks(step), step })
    yield { result, update: await update(result) }
  }
}
