import { mkdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  cutUnfinishedLine,
  fileError,
  openJsonLines,
  readJsonLines,
  readTrajectories,
  trajectorySchema,
  type JsonLinesWriter,
  type Trajectory,
} from '@interleave/trajectory'
import { parseOrThrow } from './parse-or-throw.ts'
import { planEntrySchema, type PlanEntry } from './step-store.ts'

/** What a running step has so far, on disk as it comes in: `partial/step-0000.trajectories.jsonl` and `….journal.jsonl`. */
export interface PartialStep {
  readonly trajectories: ReadonlyMap<string, Trajectory>
  readonly entries: readonly PlanEntry[]
  /** Resolves, with the trajectory as a reader would get it back, once its line is whole. */
  save(trajectory: Trajectory): Promise<Trajectory>
  append(entry: PlanEntry): Promise<void>
  close(): Promise<void>
  /** Closes, and removes the files and the folder. */
  remove(): Promise<void>
}

/** Opens what a step left behind, a line cut short by a kill cut off, or begins a new one. */
export async function openPartialStep(folder: string, step: number): Promise<PartialStep> {
  const partial = join(folder, 'partial')
  await mkdir(partial, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, 'write', partial)
  })
  const name = join(partial, `step-${String(step).padStart(4, '0')}`)
  const files = { trajectories: `${name}.trajectories.jsonl`, journal: `${name}.journal.jsonl` }
  for (const file of Object.values(files)) await cutUnfinishedLine(file)

  const writers = {
    trajectories: await openJsonLines<Trajectory>(files.trajectories, { append: true }),
    journal: await openJsonLines<PlanEntry>(files.journal, { append: true }),
  }
  const trajectories = new Map<string, Trajectory>()
  for await (const { value } of readTrajectories(files.trajectories)) trajectories.set(value.id, value)
  const entries: PlanEntry[] = []
  for await (const { value } of readJsonLines<PlanEntry>(files.journal, { schema: planEntrySchema }))
    entries.push(value)

  const close = async (): Promise<void> => {
    // Both, even where the first says that its disk is full.
    const closed = await Promise.allSettled(
      Object.values<JsonLinesWriter<never>>(writers).map((writer) => writer.close()),
    )
    for (const outcome of closed) if (outcome.status === 'rejected') throw outcome.reason
  }
  return {
    trajectories,
    entries,
    async save(trajectory) {
      // The schema puts fields into one order: a run that was resumed writes the bytes of one that was not.
      const kept: Trajectory = parseOrThrow(trajectorySchema, trajectory, 'bad_rollout', `trajectory ${trajectory.id}`)
      await writers.trajectories.write(kept)
      trajectories.set(kept.id, kept)
      return kept
    },
    async append(entry) {
      await writers.journal.write(entry)
      entries.push(entry)
    },
    close,
    async remove() {
      await close()
      for (const file of Object.values(files)) await rm(file, { force: true })
      // Stays where a step that failed left something.
      await rmdir(partial).catch(() => {})
    },
  }
}
