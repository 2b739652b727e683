import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { InterleaveError, messageOf } from '@interleave/trajectory'
import { findBaseInterpreter } from './base-interpreter.ts'
import { buildEnvironment } from './build-environment.ts'
import { environmentsFolder } from './environments-folder.ts'
import type { PythonInterpreter } from './find-python.ts'
import { installedEnvironment, interpreterOf } from './installed-environment.ts'
import { withInstallerLock } from './installer-lock.ts'
import { environmentName, hashLocks, packagedLocks } from './locks.ts'
import { isOwnerAlive, newOwner } from './process-owner.ts'
import { probeInterpreter } from './probe-interpreter.ts'

export interface InstallPythonOptions {
  /** Ends the installation, all its processes included, and leaves nothing of it. */
  readonly signal?: AbortSignal
  /** Hears a sentence as each step begins; nothing where it is installed already. */
  readonly onProgress?: (sentence: string) => void
}

/**
 * The environment of the Python tool, made where it is not there yet: pinned versions of numpy, scipy, sympy, matplotlib and
 * Pillow in a folder of the user's cache. It is built beside its place and moved there whole; a second caller waits for the
 * first. Throws `python_missing`, `no_network`, `disk_full`, `bad_hash`, `no_wheel`, `unwritable_cache`, `installer_busy` or
 * `install_failed`, and the signal's reason when it fires.
 */
export async function installPythonEnvironment(options: InstallPythonOptions = {}): Promise<PythonInterpreter> {
  const { onProgress = () => {}, signal = new AbortController().signal } = options
  signal.throwIfAborted()
  const root = environmentsFolder()
  const present = await installed(root, signal)
  if (present !== undefined) return present
  const base = await findBaseInterpreter(signal)
  const owner = newOwner()
  const name = environmentName(hashLocks(packagedLocks), base.version)
  try {
    const created = await mkdir(root, { recursive: true })
    if (created !== undefined && process.getuid?.() === 0) await chmod(root, 0o755)
    return await withInstallerLock(
      path.join(root, `${name}.lock`),
      owner,
      { signal, onWait: (pid) => onProgress(`waiting for process ${pid}, which installs it`) },
      async () => (await installed(root, signal)) ?? (await build()),
    )
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof InterleaveError ? error : unwritable(root, error)
  }

  async function build(): Promise<PythonInterpreter> {
    await removeLeftovers(root)
    const folder = path.join(root, `${name}.${owner}.partial`)
    const place = path.join(root, name)
    try {
      await mkdir(folder)
      const environment = await buildEnvironment({ base, locks: packagedLocks, folder, signal, onProgress })
      // One that is there all the same does not run.
      await rename(place, path.join(folder, 'replaced')).catch(() => {})
      await rename(environment, place)
    } finally {
      // A process that was killed may still be writing for a moment.
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    }
    const ready = await installed(root, signal)
    if (ready === undefined)
      throw new InterleaveError('install_failed', `${place} does not run after it was installed.`)
    return ready
  }
}

async function installed(root: string, signal: AbortSignal): Promise<PythonInterpreter | undefined> {
  const folder = installedEnvironment(root, hashLocks(packagedLocks))
  if (folder === undefined) return undefined
  const facts = await probeInterpreter(interpreterOf(folder), signal)
  if ('reason' in facts) return undefined
  return { command: facts.command, version: facts.version, source: 'installed', missing: [] }
}

/** Removes what killed installations left. */
async function removeLeftovers(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const owner = /^python-[0-9a-f]{12}\.(?:lock\.)?([0-9a-f-]+)\.partial$/.exec(name)?.[1]
    if (owner !== undefined && !isOwnerAlive(owner)) await rm(path.join(root, name), { recursive: true, force: true })
  }
}

function unwritable(root: string, error: unknown): InterleaveError {
  const full = ['ENOSPC', 'EDQUOT'].includes(String((error as NodeJS.ErrnoException).code))
  return new InterleaveError(
    full ? 'disk_full' : 'unwritable_cache',
    full
      ? `The Python environment was not installed: no space is left in ${root}. Free some 700 MB and start again.`
      : `The Python environment was not installed: ${messageOf(error)}. Make ${root} writable, or name another cache folder by XDG_CACHE_HOME.`,
    { cause: error },
  )
}
