import { findings } from '../doctor/findings.ts'
import { formatTable } from '../report/table.ts'
import { note, writeJsonLine } from '../report/write-line.ts'
import { defineVerb, type Verb } from '../verb.ts'
import { version } from '../version.ts'

/** What works on this machine and what to do about each gap. Fails only where something needed is missing. */
export const doctor: Verb = defineVerb({
  name: 'doctor',
  description: 'What works on this machine, and what to do about each gap.',
  args: {
    'install-python': { type: 'boolean', description: 'first install the libraries of the Python tool, pinned' },
    json: { type: 'boolean', description: 'one JSON object on stdout' },
  },
  async run(args, signal) {
    if (args['install-python']) {
      const { installPythonEnvironment } = await import('@interleave/code-interpreter/environment')
      await installPythonEnvironment({ signal, onProgress: note })
    }
    const found = await Promise.all(findings.map((find) => find()))
    if (args.json) await writeJsonLine({ version, findings: found })
    else
      process.stdout.write(
        formatTable(
          ['part', 'state', 'what was found'],
          found.map(({ advice, detail, part, state }) => [
            part,
            state,
            advice === undefined ? detail : `${detail}\n${advice}`,
          ]),
        ),
      )
    if (found.some(({ state }) => state === 'missing')) process.exitCode = 1
  },
})
