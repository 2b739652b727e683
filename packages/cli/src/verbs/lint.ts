import { stat } from 'node:fs/promises'
import path from 'node:path'
import {
  folderMediaStore,
  InterleaveError,
  lintFiles,
  type FileFinding,
  type LintFilesOptions,
} from '@interleave/trajectory'
import { mediaFolder } from '../run/sample-run.ts'
import { note, writeJsonLine } from '../report/write-line.ts'
import { defineVerb, type Verb } from '../verb.ts'

/** Most findings that are printed; the rest is counted. */
const shown = 100

/** Whether the files of a run keep every rule of the format. */
export const lint: Verb = defineVerb({
  name: 'lint',
  description: 'Check trajectories, credit, groups and media against the rules of the format.',
  args: {
    run: { type: 'positional', required: true, description: 'run folder, or a JSONL of trajectories' },
    json: { type: 'boolean', description: 'one JSON line a finding' },
  },
  async run(args, signal) {
    let count = 0
    for await (const finding of lintFiles(await filesOf(args.run))) {
      signal.throwIfAborted()
      count += 1
      if (args.json) await writeJsonLine(finding)
      else if (count <= shown) process.stdout.write(`${sentence(finding)}\n`)
    }
    if (!args.json && count > shown) note(`and ${count - shown} more`)
    if (count > 0)
      throw new InterleaveError(
        'not_clean',
        `${args.run} is not clean: ${count} ${count === 1 ? 'finding' : 'findings'}.`,
      )
    if (!args.json) process.stdout.write(`${args.run} is clean\n`)
  },
})

function sentence({ file, line, message, rule, segment, trajectoryId }: FileFinding): string {
  const place = [trajectoryId, segment === undefined ? undefined : `segment ${segment}`].filter(
    (part) => part !== undefined,
  )
  return `${file}:${line}: ${rule}: ${place.length === 0 ? '' : `${place.join(', ')}: `}${message}`
}

async function filesOf(run: string): Promise<LintFilesOptions> {
  const found = await stat(run).catch(() => undefined)
  if (found === undefined) throw new InterleaveError('unreadable_file', `There is no ${run}.`)
  if (found.isFile()) return { trajectories: run }
  const media = folderMediaStore(mediaFolder(run))
  const file = (name: string): string => path.join(run, name)
  return { trajectories: file('trajectories.jsonl'), credit: file('credit.jsonl'), groups: file('groups.jsonl'), media }
}
