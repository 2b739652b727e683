import { mkdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { fileError, InterleaveError, readJsonLines, removePartialFiles, writeFileAtomic } from '@interleave/trajectory'
import { z } from 'zod'
import { stepRecordSchema, type StepRecord } from './step-record.ts'
import { studySettingsSchema, type StudyRun, type StudySettings } from './study-settings.ts'

const manifestSchema = z.strictObject({ format: z.literal('interleave/study@1'), settings: studySettingsSchema })

/** A study on disk: `run.json` with its settings and `metrics.jsonl` with the runs that are whole. */
export interface StudyFolder {
  /** Records of the runs that are whole, by run, in the order of the settings. */
  readonly finished: ReadonlyMap<string, readonly StepRecord[]>
  /** Adds a whole run: the file has all or nothing of it, and the same order whichever came first. */
  add(run: StudyRun, records: readonly StepRecord[]): Promise<void>
  readonly file: (name: string) => string
}

/** All runs of a study in order: run by run, so that methods can be compared early. */
export function studyRuns({ methods, runs }: StudySettings): StudyRun[] {
  return runs.flatMap((run) => methods.map((method) => ({ method, run })))
}

/** Where the trajectories of a method are kept, in the study's folder. */
export function keptFolder(method: string): string {
  return `trajectories/${method.replaceAll(' ', '-')}`
}

export function keyOf({ method, run }: StudyRun): string {
  return `${run} ${method}`
}

/**
 * Opens a study's folder, to begin with or to go on in. Throws `run_exists` where there is a study and `resume` is not asked
 * for, and `other_run` where it is another one.
 */
export async function openStudyFolder(folder: string, settings: StudySettings, resume: boolean): Promise<StudyFolder> {
  const file = (name: string): string => path.join(folder, name)
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, 'write', folder)
  })
  const added = new Map<string, readonly StepRecord[]>()
  const runs = studyRuns(settings)
  if (await exists(file('run.json'))) {
    if (!resume)
      throw new InterleaveError(
        'run_exists',
        `${folder} already holds a study: use --resume, or choose another folder.`,
      )
    await matchManifest(file('run.json'), settings)
    for (const [key, records] of await readRuns(file('metrics.jsonl'), settings)) added.set(key, records)
    // A worker that was ended in the middle of a picture leaves the part of a file.
    await removePartialFiles(folder)
  } else {
    const manifest: z.input<typeof manifestSchema> = { format: 'interleave/study@1', settings }
    await writeFileAtomic(file('run.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
  }
  const inOrder = (): Map<string, readonly StepRecord[]> =>
    new Map(runs.flatMap((run) => [...added].filter(([key]) => key === keyOf(run))))
  let writing: Promise<void> = Promise.resolve()
  return {
    get finished() {
      return inOrder()
    },
    file,
    add(run, records) {
      // Fields in the order of the schema, as they come back from the file: the bytes are the same after a resume.
      added.set(
        keyOf(run),
        records.map((record) => stepRecordSchema.parse(record)),
      )
      const lines = [...inOrder().values()].flat().map((record) => JSON.stringify(record))
      // One after the other: an older file must not replace a newer one.
      writing = writing.then(() => writeFileAtomic(file('metrics.jsonl'), lines.map((line) => `${line}\n`).join('')))
      return writing
    },
  }
}

async function readRuns(file: string, { steps }: StudySettings): Promise<Map<string, StepRecord[]>> {
  if (!(await exists(file))) return new Map()
  const records: StepRecord[] = []
  for await (const { value } of readJsonLines(file, { schema: stepRecordSchema })) records.push(value)
  const runs = Map.groupBy(records, keyOf)
  return new Map([...runs].filter(([, own]) => own.at(-1)?.step === steps))
}

async function matchManifest(file: string, settings: StudySettings): Promise<void> {
  let manifest: z.output<typeof manifestSchema>
  try {
    manifest = manifestSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new InterleaveError('bad_run_folder', `${file} is not a study's: choose another folder.`, { cause: error })
  }
  const differing = Object.keys(settings).find(
    (key) => !isDeepStrictEqual(manifest.settings[key as keyof StudySettings], settings[key as keyof StudySettings]),
  )
  if (differing !== undefined)
    throw new InterleaveError(
      'other_run',
      `${file} says another "${differing}" than this command: go on with the same options, or choose another folder.`,
    )
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined
}
