import { isInterleaveError, messageOf } from '@interleave/trajectory'
import { interruptSignal } from './interrupt.ts'
import { verbHelp, type Verb } from './verb.ts'
import { version } from './version.ts'

// Loaded when they are called: --help must not wait for an image library.
const verbs: Record<string, () => Promise<Verb>> = {
  demo: async () => (await import('./verbs/demo.ts')).demo,
  sample: async () => (await import('./verbs/sample.ts')).sample,
  'axpo plan': async () => (await import('./verbs/axpo.ts')).axpoPlan,
  'axpo credit': async () => (await import('./verbs/axpo.ts')).axpoCredit,
  probe: async () => (await import('./verbs/probe.ts')).probe,
  lint: async () => (await import('./verbs/lint.ts')).lint,
  check: async () => (await import('./verbs/check.ts')).check,
  score: async () => (await import('./verbs/score.ts')).score,
  tool: async () => (await import('./verbs/tool.ts')).tool,
  doctor: async () => (await import('./verbs/doctor.ts')).doctor,
}

/**
 * Runs one command line and resolves to its exit code: 0 done, 1 failed with one line on stderr, 2 not understood,
 * 130 interrupted. Data goes to stdout, everything else to stderr.
 */
export async function runProgram(words: readonly string[]): Promise<number> {
  if (words[0] === '--version') {
    process.stdout.write(`${version}\n`)
    return 0
  }
  const name = Object.keys(verbs).find((verb) => verb.split(' ').every((word, index) => words[index] === word))
  if (name === undefined) return overview(words)
  const verb = await verbs[name]!()
  const rest = words.slice(name.split(' ').length)
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(verbHelp(verb))
    return 0
  }
  using interrupt = interruptSignal()
  try {
    await verb.run(rest, interrupt.signal)
    return typeof process.exitCode === 'number' ? process.exitCode : 0
  } catch (error) {
    if (interrupt.signal.aborted) {
      process.stderr.write(
        `interleave: interrupted.${isInterleaveError(error, 'resumable') ? ` ${error.message}` : ''}\n`,
      )
      return 130
    }
    process.stderr.write(`interleave ${name}: ${messageOf(error)}\n`)
    return isInterleaveError(error, 'usage') ? 2 : 1
  }
}

async function overview(words: readonly string[]): Promise<number> {
  const [first] = words
  const help = words.some((word) => word === '--help' || word === '-h')
  // "interleave axpo" lists the verbs that begin with it.
  const begun = Object.keys(verbs).filter((name) => name.startsWith(`${first} `))
  const asked =
    first === undefined || first.startsWith('-')
      ? help || first === undefined
      : begun.length > 0 && (help || words.length === 1)
  if (!asked) {
    process.stderr.write(
      `interleave: there is no verb "${words.join(' ')}". The verbs are ${Object.keys(verbs).join(', ')}.\n`,
    )
    return 2
  }
  const shown = begun.length > 0 ? begun : Object.keys(verbs)
  const lines = await Promise.all(
    shown.map(async (name) => `  ${name.padEnd(12)} ${(await verbs[name]!()).description}`),
  )
  const text = ['Usage: interleave <verb> [options]', '', ...lines, '', 'interleave <verb> --help says more.', '']
  process.stdout.write(text.join('\n'))
  return 0
}
