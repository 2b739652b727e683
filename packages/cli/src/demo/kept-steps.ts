import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { StepResult } from '@interleave/axpo'
import {
  folderMediaStore,
  openCredit,
  openGroups,
  openTrajectories,
  type JsonLinesWriter,
  type MediaStore,
} from '@interleave/trajectory'
import { mediaFolder } from '../run/sample-run.ts'

/** What is kept of a step. */
export type KeptStep = Pick<StepResult, 'trajectories' | 'credit' | 'groups'>

/** Writes whole steps to a folder that `interleave lint` reads: trajectories, credit, groups and their images. */
export async function keepSteps(folder: string, steps: readonly KeptStep[], media: MediaStore): Promise<void> {
  // What an interrupted run left is written anew.
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const file = (name: string): string => path.join(folder, `${name}.jsonl`)
  await writeAll(
    await openTrajectories(file('trajectories')),
    steps.flatMap(({ trajectories }) => trajectories),
  )
  await writeAll(
    await openCredit(file('credit')),
    steps.flatMap(({ credit }) => credit),
  )
  await writeAll(
    await openGroups(file('groups')),
    steps.flatMap(({ groups }) => groups),
  )
  const store = folderMediaStore(mediaFolder(folder))
  const images = steps.flatMap(({ trajectories }) => trajectories.flatMap((trajectory) => trajectory.media))
  for (const image of new Map(images.map((one) => [one.hash, one])).values())
    await store.put({ ...image, bytes: await media.get(image) })
}

async function writeAll<Value>(writer: JsonLinesWriter<Value>, records: readonly Value[]): Promise<void> {
  await using _ = writer
  for (const record of records) await writer.write(record)
}
