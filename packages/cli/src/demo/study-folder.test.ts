import { appendFile, mkdir, mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StepRecord } from './step-record.ts'
import { keyOf, openStudyFolder, studyRuns } from './study-folder.ts'
import type { StudyRun, StudySettings } from './study-settings.ts'

const settings: StudySettings = {
  seed: 3,
  runs: [1, 2],
  methods: ['GRPO 10', 'AXPO'],
  questions: 4,
  steps: 2,
  learningRate: 0.1,
  uselessTool: false,
  scenes: { training: 4, heldOut: 4 },
  evaluateEvery: 1,
  evaluationRollouts: { along: 1, end: 2 },
}
const runs = studyRuns(settings)

function recordsOf({ method, run }: StudyRun, last = settings.steps): StepRecord[] {
  return Array.from({ length: last + 1 }, (_, step) => ({ method, run, step, rollouts: step * 40 }))
}

async function place(): Promise<{ folder: string; metrics: () => Promise<string> } & AsyncDisposable> {
  const made = await mkdtempDisposable(path.join(tmpdir(), 'interleave-study-'))
  const folder = path.join(made.path, 'study')
  return {
    folder,
    metrics: () => readFile(path.join(folder, 'metrics.jsonl'), 'utf8'),
    [Symbol.asyncDispose]: () => made.remove(),
  }
}

const lines = (records: readonly StepRecord[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('')

describe('a study’s folder', () => {
  it('keeps whole runs, and has them when the study goes on', async () => {
    await using at = await place()
    const folder = await openStudyFolder(at.folder, settings, false)
    expect(folder.finished.size).toBe(0)
    await folder.add(runs[1]!, recordsOf(runs[1]!))
    expect(await at.metrics()).toBe(lines(recordsOf(runs[1]!)))
    const resumed = await openStudyFolder(at.folder, settings, true)
    expect([...resumed.finished]).toEqual([[keyOf(runs[1]!), recordsOf(runs[1]!)]])
    expect(resumed.file('media')).toBe(path.join(at.folder, 'media'))
  })

  it('begins a study that is to go on and is not there', async () => {
    await using at = await place()
    expect((await openStudyFolder(at.folder, settings, true)).finished.size).toBe(0)
    expect(JSON.parse(await readFile(path.join(at.folder, 'run.json'), 'utf8'))).toEqual({
      format: 'interleave/study@1',
      settings,
    })
  })

  it('has the same order whichever run came first', async () => {
    await using at = await place()
    const folder = await openStudyFolder(at.folder, settings, false)
    for (const run of [3, 0, 2, 1].map((index) => runs[index]!)) await folder.add(run, recordsOf(run))
    expect(await at.metrics()).toBe(lines(runs.flatMap((run) => recordsOf(run))))
    expect([...folder.finished.keys()]).toEqual(['1 GRPO 10', '1 AXPO', '2 GRPO 10', '2 AXPO'])
  })

  it('has both of two runs that are added at once', async () => {
    await using at = await place()
    const folder = await openStudyFolder(at.folder, settings, false)
    await Promise.all([runs[2]!, runs[0]!].map((run) => folder.add(run, recordsOf(run))))
    expect(await at.metrics()).toBe(lines([runs[0]!, runs[2]!].flatMap((run) => recordsOf(run))))
  })

  it('has the same bytes when a run was read back before it was written again', async () => {
    await using at = await place()
    const folder = await openStudyFolder(at.folder, settings, false)
    const evaluation = { passAt4: 1, passAt1: 0.5, toolUse: 0, allWrongNoTool: null, allWrong: null }
    const swapped = recordsOf(runs[0]!).map(({ method, run, ...rest }) => ({ evaluation, ...rest, run, method }))
    await folder.add(runs[0]!, swapped)
    await folder.add(runs[1]!, recordsOf(runs[1]!))
    const written = await at.metrics()
    const resumed = await openStudyFolder(at.folder, settings, true)
    await resumed.add(runs[1]!, recordsOf(runs[1]!))
    expect(await at.metrics()).toBe(written)
  })

  it('drops a run that is not whole, which is made again', async () => {
    await using at = await place()
    const folder = await openStudyFolder(at.folder, settings, false)
    await folder.add(runs[0]!, recordsOf(runs[0]!))
    await appendFile(folder.file('metrics.jsonl'), lines(recordsOf(runs[1]!, 1)))
    const resumed = await openStudyFolder(at.folder, settings, true)
    expect([...resumed.finished.keys()]).toEqual([keyOf(runs[0]!)])
    await resumed.add(runs[1]!, recordsOf(runs[1]!))
    expect(await at.metrics()).toBe(lines([runs[0]!, runs[1]!].flatMap((run) => recordsOf(run))))
  })

  it('is rid of the part of a file that an ended worker left', async () => {
    await using at = await place()
    const folder = await openStudyFolder(at.folder, settings, false)
    await mkdir(folder.file('media/ab'), { recursive: true })
    await writeFile(folder.file(`media/ab/.picture.jpg.${crypto.randomUUID()}.partial`), 'half')
    await openStudyFolder(at.folder, settings, true)
    expect(await readdir(folder.file('media/ab'))).toEqual([])
  })
})

describe('openStudyFolder refuses', () => {
  it('a folder that holds a study, unless it is to go on', async () => {
    await using at = await place()
    await openStudyFolder(at.folder, settings, false)
    await expect(openStudyFolder(at.folder, settings, false)).rejects.toMatchObject({
      code: 'run_exists',
      message: `${at.folder} already holds a study: use --resume, or choose another folder.`,
    })
  })

  it.each<[string, Partial<StudySettings>]>([
    ['seed', { seed: 4 }],
    ['runs', { runs: [1] }],
    ['methods', { methods: ['AXPO', 'GRPO 10'] }],
    ['steps', { steps: 3 }],
    ['scenes', { scenes: { training: 4, heldOut: 5 } }],
    ['uselessTool', { uselessTool: true }],
  ])('to go on with another %s', async (field, other) => {
    await using at = await place()
    await openStudyFolder(at.folder, settings, false)
    await expect(openStudyFolder(at.folder, { ...settings, ...other }, true)).rejects.toMatchObject({
      code: 'other_run',
      message: expect.stringContaining(`run.json says another "${field}" than this command`),
    })
  })

  it('a run.json that is not a study’s', async () => {
    await using at = await place()
    const { file } = await openStudyFolder(at.folder, settings, false)
    for (const text of ['{', '{"format": "interleave/run@1"}']) {
      await writeFile(file('run.json'), text)
      await expect(openStudyFolder(at.folder, settings, true)).rejects.toMatchObject({ code: 'bad_run_folder' })
    }
  })

  it('a line of metrics.jsonl that is no record', async () => {
    await using at = await place()
    const { file } = await openStudyFolder(at.folder, settings, false)
    await writeFile(file('metrics.jsonl'), `${lines(recordsOf(runs[0]!))}{"method": "AXPO"}\n`)
    await expect(openStudyFolder(at.folder, settings, true)).rejects.toThrow(/metrics\.jsonl:4/)
  })

  it('a path that is a file', async () => {
    await using at = await place()
    await writeFile(at.folder, 'something')
    await expect(openStudyFolder(at.folder, settings, false)).rejects.toMatchObject({ code: 'unwritable_file' })
  })
})
