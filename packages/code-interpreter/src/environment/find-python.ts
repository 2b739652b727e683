import { interpreterNames } from './interpreter-names.ts'
import { environmentsFolder } from './environments-folder.ts'
import { installedEnvironment, interpreterOf } from './installed-environment.ts'
import { isNewEnough, libraries, pythonNeeded } from './libraries.ts'
import { hashLocks, packagedLocks } from './locks.ts'
import { probeInterpreter } from './probe-interpreter.ts'
import { programsInPath } from './programs-in-path.ts'
import { toInstallEnvironment, toInstallPython } from './sentences.ts'

/** A Python that runs, and what it lacks. */
export interface PythonInterpreter {
  /** The program itself, by its full path; no shim in front of it. */
  readonly command: string
  /** Such as `3.12.1`. */
  readonly version: string
  /** Named by the caller, named by `INTERLEAVE_PYTHON`, or made by `installPythonEnvironment`. */
  readonly source: 'named' | 'environment variable' | 'installed'
  /** Libraries that it lacks, by the names to install them by. */
  readonly missing: readonly string[]
}

/** Why there is no Python to use, and what to do about it. */
export interface PythonProblem {
  readonly problem: string
}

export interface FindPythonOptions {
  /** A program, by path or by name; its libraries are used as they are. */
  readonly interpreter?: string
}

const found = new Map<string, Promise<PythonInterpreter | PythonProblem>>()

/**
 * The interpreter for the Python tool: the one that is named, else the one in `INTERLEAVE_PYTHON`, else that of the
 * installed environment. Starts one process at most; a whole one is remembered for as long as this process lives.
 */
export async function findPython(options: FindPythonOptions = {}): Promise<PythonInterpreter | PythonProblem> {
  const variable = process.env['INTERLEAVE_PYTHON'] ?? ''
  const [program, source] =
    options.interpreter !== undefined
      ? ([options.interpreter, 'named'] as const)
      : variable !== ''
        ? ([variable, 'environment variable'] as const)
        : ([installedProgram(), 'installed'] as const)
  if (program === undefined) return { problem: notInstalled() }
  const key = `${source} ${program}`
  const search = found.get(key) ?? look(program, source)
  found.set(key, search)
  const result = await search
  // What can be cured while this process lives is looked at again.
  if ('problem' in result || result.missing.length > 0) found.delete(key)
  return result
}

function installedProgram(): string | undefined {
  const folder = installedEnvironment(environmentsFolder(), hashLocks(packagedLocks))
  return folder === undefined ? undefined : interpreterOf(folder)
}

function notInstalled(): string {
  return programsInPath(interpreterNames).length === 0
    ? `The Python tool needs ${pythonNeeded} with its venv module, and PATH has none. ${toInstallPython}`
    : `The Python tool needs an environment with its libraries, which is not installed. ${toInstallEnvironment}`
}

async function look(program: string, source: PythonInterpreter['source']): Promise<PythonInterpreter | PythonProblem> {
  const facts = await probeInterpreter(program)
  const name = source === 'environment variable' ? `${program}, which INTERLEAVE_PYTHON names,` : program
  if ('reason' in facts) {
    const cure = source === 'installed' ? ` ${toInstallEnvironment}` : ''
    return { problem: `${name} cannot be used: ${facts.reason}.${cure}` }
  }
  const { command, lacking, version } = facts
  if (!isNewEnough(version)) return { problem: `${name} is Python ${version}; the Python tool needs ${pythonNeeded}.` }
  const missing = Object.entries(libraries).flatMap(([library, module]) => (lacking.includes(module) ? [library] : []))
  return { command, version, source, missing }
}
