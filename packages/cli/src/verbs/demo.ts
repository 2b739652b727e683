import { stat } from 'node:fs/promises'
import path from 'node:path'
import { InterleaveError, writeFileAtomic } from '@interleave/trajectory'
import { ablations, baseline, defaultMethods, doubleRollouts, rateTrials } from '../demo/methods.ts'
import { drawStudy } from '../demo/study-curves.ts'
import { keptFolder, openStudyFolder, studyRuns, type StudyFolder } from '../demo/study-folder.ts'
import { studyProgress } from '../demo/study-progress.ts'
import { studyTables } from '../demo/study-report.ts'
import type { StudySettings } from '../demo/study-settings.ts'
import { summariseStudy } from '../demo/study-summary.ts'
import { makeStudy } from '../demo/study.ts'
import { note, writeJsonLine } from '../report/write-line.ts'
import { defineVerb, wholeNumber, type Verb } from '../verb.ts'

/** The best for plain GRPO of those that `--choose-rate` tries. */
const learningRate = 0.24
// Runs whose numbers, and so whose seeds, no comparison uses.
const firstRateRun = 1001

/** A small policy learns: AXPO against GRPO from the same start on the same questions. */
export const demo: Verb = defineVerb({
  name: 'demo',
  description: 'A small policy learns to zoom: AXPO against GRPO, with a table and learning curves.',
  args: {
    out: {
      type: 'string',
      valueHint: 'folder',
      description: 'folder to write; default: runs/demo, or the next free number',
    },
    runs: {
      type: 'string',
      valueHint: 'count',
      description: 'trainings of each method, each with a seed of its own; default 5',
    },
    steps: { type: 'string', valueHint: 'count', description: 'steps of each; default 30' },
    full: { type: 'boolean', description: '20 runs of 60 steps, and GRPO with 16 rollouts' },
    ablations: { type: 'boolean', description: 'also the ablations of the paper, a tool bonus and a tool penalty' },
    'useless-tool': { type: 'boolean', description: 'the control: zooming shows nothing' },
    'choose-rate': { type: 'boolean', description: 'GRPO alone at several learning rates, with seeds of their own' },
    seed: { type: 'string', valueHint: 'number', default: '0', description: 'seed of everything' },
    resume: { type: 'boolean', description: 'go on with a study that was cut off' },
    json: { type: 'boolean', description: 'one JSON line on stdout instead of the tables' },
  },
  async run(args, signal) {
    const full = args.full ?? false
    const runs = wholeNumber('runs', args.runs ?? (full ? '20' : '5'), 1)
    const choosing = args['choose-rate'] ?? false
    const methods = [...defaultMethods, ...(full ? [doubleRollouts] : []), ...(args.ablations ? ablations : [])]
    const settings: StudySettings = {
      seed: wholeNumber('seed', args.seed),
      runs: Array.from({ length: runs }, (_, index) => index + (choosing ? firstRateRun : 1)),
      methods: (choosing ? rateTrials : methods).map(({ name }) => name),
      questions: 32,
      steps: wholeNumber('steps', args.steps ?? (full ? '60' : '30'), 1),
      learningRate,
      uselessTool: args['useless-tool'] ?? false,
      scenes: { training: 40, heldOut: 40 },
      evaluateEvery: 10,
      evaluationRollouts: { along: 8, end: 16 },
    }
    const out = args.out ?? (await demoFolder(args.resume ?? false))
    const folder = await openStudyFolder(out, settings, args.resume ?? false)
    await makeAll(settings, folder, out, signal)

    const finished = [...folder.finished.values()]
    const summary = summariseStudy(settings.methods, finished, baseline)
    await writeFileAtomic(folder.file('learning-curves.png'), await drawStudy(settings, finished))
    if (args.json) await writeJsonLine({ settings, summary })
    else {
      process.stdout.write(studyTables(summary))
      note(`${out} holds learning-curves.png, metrics.jsonl, and the first and last step of run ${settings.runs[0]}:`)
      note(`npx interleave lint ${path.join(out, keptFolder(settings.methods[1] ?? baseline))}`)
    }
  },
})

async function makeAll(settings: StudySettings, folder: StudyFolder, out: string, signal: AbortSignal): Promise<void> {
  using progress = studyProgress(settings, studyRuns(settings).length - folder.finished.size)
  try {
    await makeStudy(settings, folder, progress, signal)
  } catch (error) {
    if (!signal.aborted) throw error
    throw new InterleaveError(
      'resumable',
      `Runs that were whole are in ${out}; the same command with --resume goes on.`,
      { cause: error },
    )
  }
}

/** The first of runs/demo, runs/demo-2, … that is not there yet; to resume, the one before it. */
async function demoFolder(resume: boolean): Promise<string> {
  let last = 'runs/demo'
  for (let number = 1; ; number += 1) {
    const folder = number === 1 ? last : `runs/demo-${number}`
    if ((await stat(folder).catch(() => undefined)) === undefined) return resume ? last : folder
    last = folder
  }
}
