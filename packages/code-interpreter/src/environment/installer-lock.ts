import { readlink, rename, symlink, unlink } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { InterleaveError } from '@interleave/trajectory'
import { isOwnerAlive } from './process-owner.ts'

const stepMs = 100
const longestMs = 15 * 60_000

/**
 * Does some work while this owner alone holds a lock, for which it waits. The lock is a link whose target names its owner, so
 * it is never there without one; it is given up when the owner is dead, and not at an age, which would take it from a slow
 * machine. Two owners at once would waste work and do no harm: each builds in a folder of its own.
 */
export async function withInstallerLock<Result>(
  file: string,
  owner: string,
  options: { signal: AbortSignal; onWait: (pid: string) => void },
  work: () => Promise<Result>,
): Promise<Result> {
  await takeLock(file, owner, options)
  try {
    return await work()
  } finally {
    if ((await ownerOf(file)) === owner) await unlink(file)
  }
}

async function takeLock(
  file: string,
  owner: string,
  { onWait, signal }: { signal: AbortSignal; onWait: (pid: string) => void },
): Promise<void> {
  for (let waited = 0; waited < longestMs; waited += stepMs) {
    signal.throwIfAborted()
    if (await link(owner, file)) return
    const holder = await ownerOf(file)
    if (holder !== undefined && !isOwnerAlive(holder) && (await inherit(file, owner))) return
    if (holder !== undefined && waited === 5 * stepMs) onWait(holder.split('-')[0] ?? '')
    await wait(stepMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
  throw new InterleaveError('installer_busy', `Another installation holds ${file}: end it, or delete that file.`)
}

// Several may find the owner dead at once: each puts its own link over the old one in one step, and after a pause the one
// whose link is still there has the lock.
async function inherit(file: string, owner: string): Promise<boolean> {
  const own = `${file}.${owner}.partial`
  await symlink(owner, own)
  await rename(own, file)
  await wait(stepMs)
  return (await ownerOf(file)) === owner
}

async function link(owner: string, file: string): Promise<boolean> {
  try {
    await symlink(owner, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function ownerOf(file: string): Promise<string | undefined> {
  try {
    return await readlink(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
