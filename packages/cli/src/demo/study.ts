import { availableParallelism, totalmem } from 'node:os'
import { deriveSeed, type Task } from '@interleave/trajectory'
import { sceneOptions } from '@interleave/embedded-policy/scenes'
import { Piscina } from 'piscina'
import { keptFolder, keyOf, studyRuns, type StudyFolder } from './study-folder.ts'
import type { StepRecord } from './step-record.ts'
import type { StudyRun, StudySettings } from './study-settings.ts'
import type { StudyTasks } from './study-world.ts'
import type { DrawJob, TrainJob } from './study-worker.ts'

/** What is told of a study while it runs. */
export interface StudyEvents {
  scenes(done: number, total: number): void
  step(record: StepRecord): void
  finished(run: StudyRun, records: readonly StepRecord[]): void
}

// What a thread comes to hold, mostly decoded pictures: 1.5 GB were seen.
const bytesOfThread = 2e9

/** Makes all runs of a study that its folder lacks, as many at a time as there are cores and memory for them. Ends at once when the signal fires. */
export async function makeStudy(
  settings: StudySettings,
  folder: StudyFolder,
  events: StudyEvents,
  signal: AbortSignal,
): Promise<void> {
  const missing = studyRuns(settings).filter((run) => !folder.finished.has(keyOf(run)))
  if (missing.length === 0) return
  // Under type stripping the worker is a .ts file, in the built package a .js file.
  const filename = new URL(`./study-worker${import.meta.url.slice(-3)}`, import.meta.url).href
  const room = Math.max(1, Math.floor(totalmem() / bytesOfThread))
  const threads = Math.min(availableParallelism(), room, missing.length)
  const pool = new Piscina({
    filename,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: 60_000,
  })
  // Its own disposal waits for all that is queued, after an error too.
  await using _ = { [Symbol.asyncDispose]: () => pool.destroy() }
  pool.on('message', (record: StepRecord) => events.step(record))
  const tasks = await drawScenes(pool, settings, folder, events, signal)
  const kept = settings.runs[0]
  await Promise.all(
    missing.map(async (run) => {
      const keep = run.run === kept ? { keep: folder.file(keptFolder(run.method)) } : {}
      const job: TrainJob = { tasks, settings, run, ...keep }
      const records = (await pool.run(job, { name: 'train', signal })) as StepRecord[]
      await folder.add(run, records)
      events.finished(run, records)
    }),
  )
}

async function drawScenes(
  pool: Piscina,
  { scenes, seed }: StudySettings,
  folder: StudyFolder,
  events: StudyEvents,
  signal: AbortSignal,
): Promise<StudyTasks> {
  const mediaFolder = folder.file('media')
  const total = scenes.training + scenes.heldOut
  let done = 0
  const drawAll = (purpose: string, count: number): Promise<Task[]> =>
    Promise.all(
      sceneOptions({ seed: deriveSeed(seed, purpose, 0), count }).map(async (scene) => {
        const job: DrawJob = { scene, mediaFolder }
        const task = (await pool.run(job, { name: 'draw', signal })) as Task
        done += 1
        events.scenes(done, total)
        return task
      }),
    )
  const [training, heldOut] = await Promise.all([
    drawAll('training scenes', scenes.training),
    drawAll('held-out scenes', scenes.heldOut),
  ])
  return { training, heldOut, mediaFolder }
}
