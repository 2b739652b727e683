import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { BaseInterpreter } from './base-interpreter.ts'
import { cleanEnvironment } from './clean-environment.ts'
import { installProblem } from './install-problem.ts'
import { interpreterOf, markName } from './installed-environment.ts'
import { hashLocks, type Locks } from './locks.ts'
import { openToOthers } from './open-to-others.ts'
import { runStep } from './run-step.ts'
import { warmUp } from './warm-up.ts'

export interface Build {
  readonly base: BaseInterpreter
  readonly locks: Locks
  /** A folder for all that is written, which is there and empty. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly onProgress: (sentence: string) => void
}

/** Makes an environment in the folder and resolves to its place there, which it may be moved from. Throws as `installProblem` says. */
export async function buildEnvironment({ base, folder, locks, onProgress, signal }: Build): Promise<string> {
  const made = path.join(folder, 'python')
  const tools = path.join(folder, 'tools')
  const temporary = path.join(folder, 'tmp')
  await mkdir(temporary)
  // Temporary files go with the folder, however this ends.
  const env = { ...cleanEnvironment(), TMPDIR: temporary, MPLCONFIGDIR: path.join(made, 'matplotlib') }
  const step = async (doing: string, command: string, ...words: string[]): Promise<void> => {
    const { ok, output } = await runStep(command, words, { cwd: folder, env, signal })
    if (!ok) throw installProblem(doing, output)
  }

  onProgress(`making a Python environment from ${base.command} (${base.version})`)
  await step('making a virtual environment', base.command, '-I', '-m', 'venv', tools)
  await step('making a virtual environment', base.command, '-I', '-m', 'venv', '--without-pip', made)
  onProgress('fetching uv, which installs the libraries')
  const pip = ['-I', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--retries', '2']
  await step('fetching uv', interpreterOf(tools), ...pip, '--root-user-action', 'ignore', ...pinned(locks.installer))
  onProgress('installing numpy, scipy, sympy, matplotlib and Pillow')
  const uv = ['pip', 'install', '--quiet', '--python', interpreterOf(made)]
  await step('installing the libraries', path.join(tools, 'bin', 'uv'), ...uv, ...pinned(locks.libraries))
  onProgress('importing each library once')
  await step('importing the libraries', interpreterOf(made), '-I', '-c', warmUp)

  await removeScripts(path.join(made, 'bin'))
  await writeFile(path.join(made, markName), hashLocks(locks))
  // Sandboxed code runs as another user there, whatever root's files look like by default.
  if (process.getuid?.() === 0) await openToOthers(made)
  return made
}

function pinned(lock: string): string[] {
  return ['--require-hashes', '--only-binary', ':all:', '-r', lock]
}

/** All but the interpreter: the others name the folder that they were installed in, which is moved. */
async function removeScripts(folder: string): Promise<void> {
  const scripts = (await readdir(folder)).filter((name) => !/^python[\d.]*$/.test(name))
  await Promise.all(scripts.map((name) => rm(path.join(folder, name))))
}
