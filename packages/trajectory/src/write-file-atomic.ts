import { randomUUID } from 'node:crypto'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError, isMissing } from './file-error.ts'

const leftover = /^\..+\.[0-9a-f-]{36}\.partial$/

/**
 * Writes a file so that any reader, at any time and after any crash, sees the old one or the whole new one: written and
 * synced under another name in the same folder, then renamed. Throws `disk_full` or `unwritable_file`.
 */
export async function writeFileAtomic(file: string, data: string | Uint8Array): Promise<void> {
  const partial = join(dirname(file), `.${basename(file)}.${randomUUID()}.partial`)
  try {
    await using handle = await open(partial, 'wx')
    await handle.writeFile(data)
    await handle.sync()
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {})
    throw fileError(error, 'write', file)
  }
  try {
    await rename(partial, file)
    // The rename itself lasts only once the folder is on disk.
    await using folder = await open(dirname(file))
    await folder.sync()
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {})
    throw fileError(error, 'write', file)
  }
}

/** Removes what `writeFileAtomic` left below a folder when its process was killed. Returns how many files went. */
export async function removePartialFiles(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const partial = entries.filter((entry) => entry.isFile() && leftover.test(entry.name))
    for (const entry of partial) await rm(join(entry.parentPath, entry.name), { force: true })
    return partial.length
  } catch (error) {
    if (isMissing(error)) return 0
    throw fileError(error, 'write', folder)
  }
}
