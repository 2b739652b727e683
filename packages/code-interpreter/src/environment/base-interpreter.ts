import { realpathSync } from 'node:fs'
import { InterleaveError } from '@interleave/trajectory'
import { interpreterNames } from './interpreter-names.ts'
import { isNewEnough, pythonNeeded } from './libraries.ts'
import { isOpenToAll } from './open-to-all.ts'
import { makerModules, probeInterpreter, type InterpreterFacts } from './probe-interpreter.ts'
import { programsInPath } from './programs-in-path.ts'
import { toInstallPython } from './sentences.ts'

/** A Python from which an environment can be made. */
export interface BaseInterpreter {
  /** The program itself: no link, no shim, not that of a virtual environment. */
  readonly command: string
  readonly version: string
}

/**
 * The first Python in PATH that can make a virtual environment; started as root, the first that every user can run, since
 * code is run as another user then. Throws `python_missing`, saying what was tried.
 */
export async function findBaseInterpreter(signal?: AbortSignal): Promise<BaseInterpreter> {
  const tried: string[] = []
  let second: BaseInterpreter | undefined
  for (const program of programsInPath(interpreterNames)) {
    const facts = await probeInterpreter(program, signal)
    const problem = 'reason' in facts ? facts.reason : unfit(facts)
    if (problem !== undefined || 'reason' in facts) {
      tried.push(`${program}: ${problem}`)
      continue
    }
    const base = { command: realpathSync(facts.base), version: facts.version }
    if (process.getuid?.() !== 0 || isOpenToAll(base.command, facts.folders)) return base
    second ??= base
  }
  if (second !== undefined) return second
  const list = tried.length === 0 ? '' : `\n${tried.map((line) => `  tried ${line}`).join('\n')}`
  throw new InterleaveError(
    'python_missing',
    `The Python tool needs ${pythonNeeded} with its venv module, and PATH has none. ${toInstallPython}${list}`,
  )
}

function unfit({ implementation, lacking, version }: InterpreterFacts): string | undefined {
  if (!isNewEnough(version)) return `it is Python ${version}`
  if (implementation !== 'cpython') return `it is ${implementation}, and the libraries are made for CPython`
  const lacks = makerModules.find((name) => lacking.includes(name))
  return lacks === undefined ? undefined : `it has no module ${lacks} (Debian/Ubuntu: apt-get install python3-venv)`
}
