import { InterleaveError } from '@interleave/trajectory'
import { runChecks } from '@interleave/trajectory/testing'
import { checkSubjects } from '../input/check-subjects.ts'
import { loadModule } from '../input/load-module.ts'
import { writeJsonLine } from '../report/write-line.ts'
import { defineVerb, type Verb } from '../verb.ts'

const marks = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' }

/** The conformance suites over what a file exports. */
export const check: Verb = defineVerb({
  name: 'check',
  description: 'Run the conformance suite over each tool, verifier, policy, template or rollout source of a file.',
  args: {
    file: {
      type: 'positional',
      required: true,
      description: 'JavaScript or TypeScript module; `checks` holds examples or references',
    },
    json: { type: 'boolean', description: 'one JSON line a check' },
  },
  async run(args, signal) {
    let failed = 0
    for (const { checks, kind, name } of await checkSubjects(args.file, await loadModule(args.file))) {
      if (!args.json) process.stdout.write(`${kind} ${name}\n`)
      for (const one of checks) {
        signal.throwIfAborted()
        const [result] = await runChecks([one])
        if (result?.status === 'failed') failed += 1
        if (args.json) await writeJsonLine({ subject: name, kind, check: one.name, ...result })
        else
          process.stdout.write(
            `  ${marks[result?.status ?? 'failed']} ${one.name}${result?.reason === undefined ? '' : `: ${result.reason}`}\n`,
          )
      }
    }
    if (failed > 0)
      throw new InterleaveError(
        'checks_failed',
        `${failed} ${failed === 1 ? 'check' : 'checks'} failed in ${args.file}.`,
      )
  },
})
