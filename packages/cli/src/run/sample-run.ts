import path from 'node:path'
import {
  createBudget,
  resolveStepOptions,
  sampleStep,
  type RolloutSource,
  type StepOptions,
  type StepResult,
} from '@interleave/axpo'
import { openRunFolder } from '@interleave/axpo/run-folder'
import { InterleaveError, type JsonObject, type Task } from '@interleave/trajectory'
import { openProgress } from '../report/progress.ts'

/** What a run is made of. */
export interface SampleRun {
  readonly folder: string
  readonly source: RolloutSource
  /** How many tasks there are, and those of one step. */
  readonly count: number
  readonly tasks: (start: number, end: number) => Promise<Task[]>
  readonly batchSize: number
  readonly options: StepOptions
  readonly streaming: boolean
  readonly seed: number
  readonly concurrency: number
  readonly resume: boolean
  /** What else decides the bytes of the run; resuming with another value is refused. */
  readonly manifest: JsonObject
  readonly signal: AbortSignal
}

/**
 * Runs all steps that a folder does not hold yet and yields each as it is committed. When the signal fires, what is in
 * flight is dropped, what is finished is kept, and a `resumable` error says how to go on.
 */
export async function* sampleRun(run: SampleRun): AsyncGenerator<StepResult, void, undefined> {
  const options = resolveStepOptions(run.options)
  const mode = run.streaming ? 'streaming' : 'batch'
  const manifest: JsonObject = {
    ...run.manifest,
    seed: run.seed,
    batchSize: run.batchSize,
    tasks: run.count,
    mode,
    options: { ...options },
  }
  await using folder = await openRunFolder(run.folder, { manifest, resume: run.resume })
  const budget = createBudget(folder.budget ?? { mode, budget: options.budget, resamples: options.resamples })
  const steps = Math.ceil(run.count / run.batchSize)
  for (let step = folder.nextStep; step < steps; step += 1) {
    using progress = openProgress(`step ${step + 1}/${steps}`)
    try {
      run.signal.throwIfAborted()
      const tasks = await run.tasks(step * run.batchSize, Math.min((step + 1) * run.batchSize, run.count))
      yield await sampleStep({
        source: run.source,
        tasks,
        options: run.options,
        seed: run.seed,
        step,
        budget,
        store: folder,
        concurrency: run.concurrency,
        signal: run.signal,
        onProgress({ continuations, rollouts, void: voided }) {
          const note = [continuations.total > 0 ? 'resampling' : 'rollouts', voided > 0 ? `${voided} void` : '']
            .join(' ')
            .trim()
          progress.update(rollouts.done + continuations.done, rollouts.total + continuations.total, note)
        },
      })
    } catch (error) {
      if (!run.signal.aborted) throw error
      throw new InterleaveError(
        'resumable',
        `What was finished is in ${run.folder}; the same command with --resume goes on.`,
        { cause: error },
      )
    }
  }
}

/** The folder of a run's images. */
export function mediaFolder(folder: string): string {
  return path.join(folder, 'media')
}
