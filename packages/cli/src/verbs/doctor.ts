import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { formatTable } from '../report/table.ts'
import { writeJsonLine } from '../report/write-line.ts'
import { defineVerb, type Verb } from '../verb.ts'
import { version } from '../version.ts'

interface Finding {
  readonly part: string
  readonly state: 'works' | 'missing' | 'optional'
  readonly detail: string
  /** What to do about it. */
  readonly advice?: string
}

/** What works on this machine and what to do about each gap. Fails only where something needed is missing. */
export const doctor: Verb = defineVerb({
  name: 'doctor',
  description: 'What works on this machine, and what to do about each gap.',
  args: { json: { type: 'boolean', description: 'one JSON object on stdout' } },
  async run(args) {
    const findings = await Promise.all([node(), sharpWorks(), embeddedPolicyWorks(), python(), memory()])
    if (args.json) await writeJsonLine({ version, findings })
    else
      process.stdout.write(
        formatTable(
          ['part', 'state', 'what was found'],
          findings.map(({ advice, detail, part, state }) => [
            part,
            state,
            advice === undefined ? detail : `${detail} ${advice}`,
          ]),
        ),
      )
    if (findings.some(({ state }) => state === 'missing')) process.exitCode = 1
  },
})

async function node(): Promise<Finding> {
  const enough = Number(process.versions.node.split('.')[0]) >= 24
  return {
    part: 'Node.js',
    state: enough ? 'works' : 'missing',
    detail: `${process.version} on ${process.platform}-${process.arch}.`,
    ...(enough ? {} : { advice: 'Install Node.js 24 or newer.' }),
  }
}

async function sharpWorks(): Promise<Finding> {
  const part = 'images (sharp)'
  try {
    const { ingestImage } = await import('@interleave/image-zoom/ingest')
    // A PNG of one pixel: decoding it proves that the native library loads.
    const pixel = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC',
      'base64',
    )
    const { height, width } = await ingestImage(pixel)
    return { part, state: 'works', detail: `Decodes images (${width} x ${height} tried).` }
  } catch (error) {
    return {
      part,
      state: 'missing',
      detail: (error as Error).message,
      advice: 'Install the package sharp for this platform again.',
    }
  }
}

async function embeddedPolicyWorks(): Promise<Finding> {
  const part = 'embedded policy'
  try {
    const { embeddedPolicy } = await import('@interleave/embedded-policy')
    await using policy = embeddedPolicy()
    return { part, state: 'works', detail: `${policy.capabilities.model}, in this process, no GPU needed.` }
  } catch (error) {
    return { part, state: 'missing', detail: (error as Error).message }
  }
}

async function python(): Promise<Finding> {
  const part = 'Python'
  const needed = 'The Python tool, which is not in this version yet, will need 3.11 or newer.'
  try {
    const { stdout } = await promisify(execFile)('python3', ['--version'], { timeout: 10_000 })
    return { part, state: 'optional', detail: `${stdout.trim()} found. ${needed}` }
  } catch {
    return {
      part,
      state: 'optional',
      detail: `No python3 in PATH. ${needed}`,
      advice: 'Debian, Ubuntu: apt-get install python3 python3-venv.',
    }
  }
}

async function memory(): Promise<Finding> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const kilobytes = Number(/MemAvailable:\s+(\d+)/.exec(text)?.[1] ?? Number.NaN)
  const detail = Number.isNaN(kilobytes)
    ? 'not known on this platform.'
    : `${(kilobytes / 1e6).toFixed(1)} GB available.`
  return { part: 'memory', state: 'optional', detail }
}
