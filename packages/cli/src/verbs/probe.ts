import { driverNames, probe as probeServer } from '@interleave/policy/probe'
import { InterleaveError } from '@interleave/trajectory'
import { formatTable } from '../report/table.ts'
import { writeJsonLine } from '../report/write-line.ts'
import { defineVerb, type Verb } from '../verb.ts'

/** Which policy server an address is, and what it was seen to do. Fails where a canary failed. */
export const probe: Verb = defineVerb({
  name: 'probe',
  description: 'Which policy server an address is, what it can do, and which canaries it passes.',
  args: {
    url: { type: 'positional', required: true, description: 'address of the server, such as http://127.0.0.1:8000' },
    driver: { type: 'enum', options: [...driverNames], description: 'try it with this driver; default: the one found' },
    model: { type: 'string', valueHint: 'name', description: 'model to sample; default: the only one it serves' },
    'key-from': {
      type: 'string',
      valueHint: 'variable',
      description: 'environment variable that holds the bearer token',
    },
    json: { type: 'boolean', description: 'one JSON object on stdout' },
  },
  async run(args, signal) {
    const report = await probeServer(args.url, {
      signal,
      ...(args.driver !== undefined && { driver: args.driver }),
      ...(args.model !== undefined && { model: args.model }),
      ...(args['key-from'] !== undefined && { apiKey: readKey(args['key-from']) }),
    })
    if (args.json) await writeJsonLine(report)
    else {
      const { capabilities, driver, findings, model, url, version } = report
      const able = Object.entries(capabilities).filter(([name]) => name !== 'model' && name !== 'driver')
      const about = [`${url}: ${driver}${version === undefined ? '' : ` ${version}`}, model ${model}`]
      const tables = [
        formatTable(
          ['canary', 'verdict', 'what was seen'],
          findings.map(({ canary, detail, verdict }) => [canary, verdict.replace('_', ' '), detail]),
        ),
        formatTable(
          ['declared', 'value'],
          able.map(([name, value]) => [name, String(value)]),
        ),
      ]
      process.stdout.write([...about, '', ...tables].join('\n'))
    }
    if (report.findings.some(({ verdict }) => verdict === 'failed')) process.exitCode = 1
  },
})

function readKey(variable: string): string {
  const key = process.env[variable]
  if (key === undefined || key === '')
    throw new InterleaveError('usage', `--key-from: the environment variable ${variable} is not set.`)
  return key
}
