import { parentPort } from 'node:worker_threads'
import type { StepResult } from '@interleave/axpo'
import { makeScene, type SceneOptions } from '@interleave/embedded-policy/scenes'
import { folderMediaStore, type Task } from '@interleave/trajectory'
import { keepSteps } from './kept-steps.ts'
import type { StepRecord } from './step-record.ts'
import type { StudyRun, StudySettings } from './study-settings.ts'
import { openWorld, type StudyTasks, type StudyWorld } from './study-world.ts'
import { trainOne } from './train-one.ts'

/** A scene to draw into a folder of images. */
export interface DrawJob {
  readonly scene: SceneOptions
  readonly mediaFolder: string
}

/** A run to make. */
export interface TrainJob {
  readonly tasks: StudyTasks
  readonly settings: StudySettings
  readonly run: StudyRun
  /** Where the first and the last step are written, or undefined. */
  readonly keep?: string
}

/** Draws a scene, keeps its picture, and returns the task. */
export async function draw({ mediaFolder, scene }: DrawJob): Promise<Task> {
  const { image, task } = await makeScene(scene)
  await folderMediaStore(mediaFolder).put(image)
  return task
}

// A worker makes one run after another in one world, so that what a run has seen is known to the next.
let world: Promise<StudyWorld> | undefined

/** Makes a run, tells of each step as it is done, and returns all of them. */
export async function train({ keep, run, settings, tasks }: TrainJob): Promise<StepRecord[]> {
  world ??= openWorld(tasks, settings.uselessTool)
  const opened = await world
  const records: StepRecord[] = []
  const kept: StepResult[] = []
  // Whoever stops the study ends this thread with it.
  for await (const { record, result } of trainOne(opened, settings, run, new AbortController().signal)) {
    records.push(record)
    if (keep !== undefined && result !== undefined && (record.step === 1 || record.step === settings.steps))
      kept.push(result)
    parentPort?.postMessage(record, [])
  }
  if (keep !== undefined) await keepSteps(keep, kept, opened.media)
  return records
}
