import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError, InterleaveError, removePartialFiles, type JsonObject } from '@interleave/trajectory'
import type { BudgetSnapshot } from './budget.ts'
import { committedNames, commitStep, repairCommitted, type Committed } from './committed-files.ts'
import { lockFolder } from './folder-lock.ts'
import { openPartialStep, type PartialStep } from './partial-step.ts'
import { matchRunManifest, writeRunManifest } from './run-manifest.ts'
import type { StepStore } from './step-store.ts'

/** A run on disk: give it to `sampleStep` as its store, step by step from `nextStep`, and dispose of it at the end. */
export interface RunFolder extends StepStore, AsyncDisposable {
  /** Whether the folder held a run that is now gone on with. */
  readonly resumed: boolean
  /** Number of the first step that is not whole yet. */
  readonly nextStep: number
  /** The budget as the last whole step left it; `createBudget` takes it. */
  readonly budget: BudgetSnapshot | undefined
  /** Closes the files and gives the folder free. Closing again does nothing. */
  close(): Promise<void>
}

/**
 * Opens a folder for a run: `run.json`, `trajectories.jsonl`, `groups.jsonl`, `credit.jsonl`, `metrics.jsonl` and
 * `journal.jsonl`, which grow by whole steps, and `partial/` with what the running step has. After a kill at any moment,
 * `resume` cuts off what was half written; what is sampled again is what was in flight. With `resume`, a folder without a
 * run begins one.
 *
 * Throws `folder_in_use`, `run_exists` (a run is there and `resume` was not asked for), `other_run` (another manifest, with
 * the field), `bad_run_folder`, or an error of the file system.
 */
export async function openRunFolder(
  folder: string,
  options: { readonly manifest: JsonObject; readonly resume?: boolean },
): Promise<RunFolder> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, 'write', folder)
  })
  const unlock = await lockFolder(folder)
  try {
    const resumed = await begin(folder, options.manifest, options.resume ?? false)
    const committed = await repairCommitted(folder)
    return runFolder(folder, resumed, committed, unlock)
  } catch (error) {
    await unlock()
    throw error
  }
}

async function begin(folder: string, manifest: JsonObject, resume: boolean): Promise<boolean> {
  // What a kill in the middle of an atomic write left; the lock says that nobody else is writing.
  await removePartialFiles(folder)
  if (await exists(join(folder, 'run.json'))) {
    if (!resume)
      throw new InterleaveError('run_exists', `${folder} already holds a run: resume it, or choose another folder.`)
    return matchRunManifest(folder, manifest)
  }
  for (const name of committedNames)
    if (await exists(join(folder, name)))
      throw new InterleaveError(
        'bad_run_folder',
        `${folder} holds ${name} but no run.json, so it is not a run's folder; choose an empty one.`,
      )
  await writeRunManifest(folder, manifest)
  return false
}

function runFolder(folder: string, resumed: boolean, start: Committed, unlock: () => Promise<void>): RunFolder {
  let committed = start
  let running: { step: number; partial: Promise<PartialStep> } | undefined
  let closing: Promise<void> | undefined

  function partialOf(step: number): Promise<PartialStep> {
    if (closing !== undefined)
      return Promise.reject(new InterleaveError('run_closed', `The run folder ${folder} is closed.`))
    if (running?.step === step) return running.partial
    if (step !== committed.nextStep || running !== undefined)
      return Promise.reject(
        new InterleaveError('wrong_step', `${folder} goes on with step ${committed.nextStep}, not with step ${step}.`),
      )
    running = { step, partial: openPartialStep(folder, step) }
    return running.partial
  }

  async function finish(): Promise<void> {
    try {
      await (await running?.partial)?.close()
    } finally {
      await unlock()
    }
  }

  const close = (): Promise<void> => (closing ??= finish())
  return {
    resumed,
    get nextStep() {
      return committed.nextStep
    },
    get budget() {
      return committed.budget
    },
    find: async (step, id) => (await partialOf(step)).trajectories.get(id),
    save: async (step, trajectory) => (await partialOf(step)).save(trajectory),
    entries: async (step) => (await partialOf(step)).entries,
    append: async (entry) => (await partialOf(entry.step)).append(entry),
    async commit(result) {
      const partial = await partialOf(result.step)
      committed = await commitStep(folder, result, committed.records).catch(async (error: unknown) => {
        // Half a commit is undone at once, so that this process may try again.
        await repairCommitted(folder)
        throw error
      })
      running = undefined
      await partial.remove()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
