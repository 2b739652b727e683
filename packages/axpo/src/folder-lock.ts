import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileError, InterleaveError, isMissing } from '@interleave/trajectory'
import { z } from 'zod'

// `started` tells a process from a later one with the same number; only Linux says it.
const holderSchema = z.strictObject({ pid: z.int().positive(), started: z.string().exactOptional() })
type Holder = z.infer<typeof holderSchema>

const held = new Set<string>()

/**
 * Keeps a folder for this process until the returned function is called. Throws `folder_in_use` while another process
 * that still runs has it; a lock left by one that was killed is taken over.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const lock = resolve(folder, 'lock')
  const claim = resolve(folder, `.lock-${process.pid}`)
  if (held.has(lock)) throw inUse(folder, process.pid)
  held.add(lock)
  try {
    const self: Holder = { pid: process.pid, ...(await startOf(process.pid)) }
    await writeFile(claim, JSON.stringify(self))
    // A link is made whole or not at all, and fails where the lock exists.
    while (!(await tryLink(claim, lock))) await removeStale(lock, claim, folder)
  } catch (error) {
    held.delete(lock)
    throw error instanceof InterleaveError ? error : fileError(error, 'write', lock)
  } finally {
    await rm(claim, { force: true }).catch(() => {})
  }
  return async () => {
    await rm(lock, { force: true })
    held.delete(lock)
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function removeStale(lock: string, claim: string, folder: string): Promise<void> {
  const before = await readOrNothing(lock)
  const holder = parseHolder(before)
  if (holder !== undefined && (await isRunning(holder))) throw inUse(folder, holder.pid)
  const aside = `${claim}-stale`
  try {
    await rename(lock, aside)
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  // Another process may have been quicker and put its own lock there: give it back.
  const moved = await readOrNothing(aside)
  if (moved !== before) await tryLink(aside, lock)
  await rm(aside, { force: true })
}

async function readOrNothing(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}

function parseHolder(text: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

async function isRunning({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Not allowed to signal it: it runs, as another user.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  return (await startOf(pid)).started === started && (pid !== process.pid || started !== undefined)
}

async function startOf(pid: number): Promise<{ started?: string }> {
  const stat = await readOrNothing(`/proc/${pid}/stat`)
  // The name in parentheses may hold spaces; the start time is the 22nd field, the 20th after it.
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return started === undefined ? {} : { started }
}

function inUse(folder: string, pid: number): InterleaveError {
  return new InterleaveError(
    'folder_in_use',
    `${folder} is in use by process ${pid}: wait until it ends, or give this run a folder of its own.`,
  )
}
