import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { folderMediaStore } from '../folder-media-store.ts'
import {
  exampleContinuation,
  exampleCredit,
  exampleGroup,
  exampleImages,
  exampleTrajectory,
} from '../testing/example-trajectory.ts'
import { tempFolder } from '../__fixtures__/temp-folder.ts'
import { openCredit, openGroups, openTrajectories } from '../trajectory-files.ts'
import type { FileFinding } from './finding.ts'
import { lintFiles, type LintFilesOptions } from './lint-files.ts'

const source = exampleTrajectory()
const continuation = exampleContinuation()

/** A whole run in a folder, the continuation before its source where asked. */
async function writeRun(folder: { path: string; file(name: string): string }, order = [source, continuation]) {
  const trajectories = await openTrajectories(folder.file('trajectories.jsonl'))
  for (const trajectory of order) await trajectories.write(trajectory)
  await trajectories.close()
  const credit = await openCredit(folder.file('credit.jsonl'))
  for (const trajectory of order) await credit.write(exampleCredit(trajectory))
  await credit.close()
  const groups = await openGroups(folder.file('groups.jsonl'))
  await groups.write(exampleGroup())
  await groups.close()
  const media = folderMediaStore(folder.file('media'))
  for (const image of Object.values(exampleImages())) await media.put(image)
  return {
    trajectories: folder.file('trajectories.jsonl'),
    credit: folder.file('credit.jsonl'),
    groups: folder.file('groups.jsonl'),
    media,
  }
}

async function lint(options: LintFilesOptions): Promise<FileFinding[]> {
  return Array.fromAsync(lintFiles(options))
}

test('a clean run is clean, in any order', async () => {
  const folder = await tempFolder()
  expect(await lint(await writeRun(folder))).toEqual([])
  expect(await lint(await writeRun(folder, [continuation, source]))).toEqual([])
})

test('a changed token of a continuation is found on its line, in any order', async () => {
  const folder = await tempFolder()
  const changed = structuredClone(continuation)
  changed.segments[0]?.tokens.splice(0, 1, 33)
  for (const [order, line] of [
    [[source, changed], 2],
    [[changed, source], 1],
  ] as const) {
    const run = await writeRun(folder, [...order])
    expect(await lint(run)).toEqual([
      {
        rule: 'inherited-equal',
        message: 'The prefix differs in tokens at 0: 33 here, 87 in the source rollout-0.',
        file: run.trajectories,
        line,
        trajectoryId: continuation.id,
      },
    ])
  }
})

test('a source that is missing, twice there, or unreadable', async () => {
  const folder = await tempFolder()
  const run = await writeRun(folder, [continuation])
  expect((await lint({ trajectories: run.trajectories })).map(({ rule, line }) => [rule, line])).toEqual([
    ['known-trajectory', 1],
  ])
  await writeRun(folder, [source, source])
  expect((await lint({ trajectories: run.trajectories })).map(({ rule, line }) => [rule, line])).toEqual([
    ['unique-id', 2],
  ])
  await writeRun(folder)
  const text = await readFile(run.trajectories, 'utf8')
  await writeFile(run.trajectories, `{}\n${text}{"format":`)
  const found = await lint({ trajectories: run.trajectories })
  expect(found.map(({ rule, line }) => [rule, line])).toEqual([
    ['readable-line', 1],
    ['readable-line', 4],
  ])
  expect(found[1]?.message).toBe('The last line is cut off: its writer was stopped in the middle of it.')
})

test('media that are gone or changed', async () => {
  const folder = await tempFolder()
  const run = await writeRun(folder)
  const { crop, picture } = exampleImages()
  const fileOf = (hash: string): string => folder.file(`media/${hash.slice(0, 2)}/${hash}.png`)
  await appendFile(fileOf(crop.hash), 'x')
  expect((await lint(run)).map(({ rule }) => rule)).toEqual(['media-hash', 'media-hash'])
  expect(await lint({ trajectories: run.trajectories })).toEqual([])
  await writeFile(fileOf(crop.hash), crop.bytes)
  const other = folderMediaStore(folder.file('other'))
  await other.put(picture)
  expect((await lint({ ...run, media: other })).map(({ rule }) => rule)).toEqual(['media-present', 'media-present'])
})

test('credit of nobody, twice, or on the wrong tokens', async () => {
  const folder = await tempFolder()
  const run = await writeRun(folder)
  const credit = exampleCredit()
  const stranger = { ...credit, trajectoryId: 'nobody' }
  const shifted = exampleCredit(continuation)
  for (const span of shifted.spans) span.start -= 1
  await writeFile(run.credit, [credit, stranger, shifted, credit].map((line) => `${JSON.stringify(line)}\n`).join(''))
  expect((await lint(run)).map(({ rule, line, file }) => [rule, line, file])).toEqual([
    ['known-trajectory', 2, run.credit],
    ['inherited-not-credited', 3, run.credit],
    ['credit-on-sampled', 3, run.credit],
    ['credited-once', 4, run.credit],
  ])
  await writeFile(run.credit, `${JSON.stringify({ ...credit, spans: [] })}\n`)
  expect(await lint(run)).toEqual([
    {
      rule: 'credited-once',
      message: `It has no record in ${run.credit}.`,
      file: run.trajectories,
      line: 2,
      trajectoryId: continuation.id,
    },
  ])
})

test('a group that says what its trajectories do not', async () => {
  const folder = await tempFolder()
  const run = await writeRun(folder)
  const group = exampleGroup()
  const rules = async (...groups: unknown[]): Promise<string[]> => {
    await writeFile(run.groups, groups.map((line) => `${JSON.stringify(line)}\n`).join(''))
    return (await lint(run)).map(({ rule }) => rule)
  }
  const [branch] = group.continuations
  expect(await rules(group, group)).toEqual(['unique-id'])
  expect(await rules({ ...group, rollouts: [...group.rollouts, 'nobody'] })).toEqual(['known-trajectory'])
  // Here and below: whose place another takes is then in no group.
  expect(await rules({ ...group, continuations: [{ ...branch, trajectories: ['nobody'] }] })).toEqual([
    'known-trajectory',
    'group-agrees',
  ])
  expect(await rules({ ...group, continuations: [{ ...branch, at: 3 }] })).toEqual(['group-agrees'])
  expect(await rules({ ...group, continuations: [{ ...branch, trajectories: [source.id] }] })).toEqual([
    'group-agrees', // Twice in its group.
    'group-agrees', // Goes on from nowhere.
    'group-agrees', // The continuation is in no group.
  ])
  expect(await rules({ ...group, id: 'group-1' })).toEqual(['group-agrees', 'group-agrees'])
  expect(await rules({ ...group, taskId: 'task-1' })).toEqual(['group-agrees', 'group-agrees'])
  expect(await rules({ ...group, rollouts: [], continuations: group.continuations })).toEqual([
    'group-agrees',
    'group-agrees',
  ])
  expect(await rules({ ...group, rollouts: [source.id, continuation.id] })).toContain('group-agrees')
  expect(await rules({ format: 'other' })).toEqual(['readable-line', 'group-agrees', 'group-agrees'])
})

test('a trajectory that stands in no group, or in two', async () => {
  const folder = await tempFolder()
  const run = await writeRun(folder)
  const group = exampleGroup()
  await writeFile(run.groups, `${JSON.stringify({ ...group, continuations: [] })}\n`)
  expect(await lint(run)).toEqual([
    {
      rule: 'group-agrees',
      message: `It is in no group of ${run.groups}.`,
      file: run.trajectories,
      line: 2,
      trajectoryId: continuation.id,
    },
  ])
  await writeFile(run.groups, [group, { ...group, id: 'group-1' }].map((line) => `${JSON.stringify(line)}\n`).join(''))
  expect((await lint(run)).map(({ line, message }) => [line, message])).toEqual([
    [2, 'rollout-0 stands in a group twice, first on line 1.'],
    [2, 'rollout-0-continuation-0 stands in a group twice, first on line 1.'],
    [2, 'rollout-0 says it is of group-0, not of group-1.'],
    [2, 'rollout-0-continuation-0 says it is of group-0, not of group-1.'],
  ])
})

test('a part of a run needs neither credit nor groups', async () => {
  const folder = await tempFolder()
  const { trajectories } = await writeRun(folder)
  expect(await lint({ trajectories })).toEqual([])
})

test('a file that is not there is an error, not a finding', async () => {
  const folder = await tempFolder()
  await expect(lint({ trajectories: folder.file('none.jsonl') })).rejects.toMatchObject({ code: 'unreadable_file' })
})
