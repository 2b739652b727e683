import { stat } from 'node:fs/promises'
import { byteTemplate } from '@interleave/chat-template/byte'
import { embeddedPolicy } from '@interleave/embedded-policy'
import { sceneTasks } from '@interleave/embedded-policy/scenes'
import { connectEnvironment } from '@interleave/environment'
import { folderMediaStore, type MediaStore, type Task } from '@interleave/trajectory'
import { multipleChoice } from '@interleave/verifier'
import { questionEnvironment } from '../input/question-environment.ts'
import { openProgress } from '../report/progress.ts'
import { reportRun } from '../report/summary.ts'
import { note } from '../report/write-line.ts'
import { mediaFolder, sampleRun } from '../run/sample-run.ts'
import { defineVerb, wholeNumber, type Verb } from '../verb.ts'

/** One AXPO step over generated visual-search scenes with the embedded policy: the whole path, with no GPU and no download. */
export const demo: Verb = defineVerb({
  name: 'demo',
  description: 'One AXPO step over generated scenes with the embedded policy and the real zoom tool.',
  args: {
    out: {
      type: 'string',
      valueHint: 'folder',
      description: 'run folder to write; default: runs/demo, or the next free number',
    },
    questions: { type: 'string', valueHint: 'count', default: '32', description: 'scenes to draw' },
    seed: { type: 'string', valueHint: 'number', default: '0', description: 'seed of everything' },
    resume: { type: 'boolean', description: 'go on with a demo that was cut off' },
    json: { type: 'boolean', description: 'one JSON line on stdout instead of the table' },
  },
  async run(args, signal) {
    const count = wholeNumber('questions', args.questions, 1)
    const seed = wholeNumber('seed', args.seed)
    const out = args.out ?? (await demoFolder(args.resume ?? false))
    const media = folderMediaStore(mediaFolder(out))
    await using policy = embeddedPolicy()
    const template = byteTemplate()
    const environment = questionEnvironment(multipleChoice())
    const run = sampleRun({
      folder: out,
      source: connectEnvironment(environment, { policy, template, media }),
      count,
      batchSize: count,
      tasks: () => drawScenes(count, seed, media, signal),
      options: {},
      streaming: false,
      seed,
      concurrency: 64,
      resume: args.resume ?? false,
      manifest: { demo: { questions: count, policy: policy.capabilities.model } },
      signal,
    })
    await reportRun(out, run, args.json ?? false)
    if (!args.json)
      note(`${out} holds trajectories, media, credit and metrics. "npx interleave lint ${out}" checks them.`)
  },
})

/** The scenes one by one, so that progress shows and Ctrl-C is heeded. */
async function drawScenes(count: number, seed: number, media: MediaStore, signal: AbortSignal): Promise<Task[]> {
  using progress = openProgress('scenes')
  const tasks: Task[] = []
  for await (const { image, task } of sceneTasks({ seed, count })) {
    signal.throwIfAborted()
    await media.put(image)
    tasks.push(task)
    progress.update(tasks.length, count)
  }
  return tasks
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
