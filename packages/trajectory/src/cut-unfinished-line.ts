import { open, type FileHandle } from 'node:fs/promises'
import { fileError, isMissing } from './file-error.ts'

const step = 64 * 1024

/**
 * Cuts a last line without a newline off a file, as a killed process leaves it, and returns how many bytes went: 0 for a
 * file in order or none at all. Throws `unwritable_file`.
 */
export async function cutUnfinishedLine(file: string): Promise<number> {
  try {
    await using handle = await open(file, 'r+')
    const { size } = await handle.stat()
    const end = await endOfLastLine(handle, size)
    if (end === size) return 0
    await handle.truncate(end)
    await handle.sync()
    return size - end
  } catch (error) {
    if (isMissing(error)) return 0
    throw fileError(error, 'write', file)
  }
}

async function endOfLastLine(handle: FileHandle, size: number): Promise<number> {
  const buffer = Buffer.alloc(step)
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - step)
    const { bytesRead } = await handle.read(buffer, 0, end - start, start)
    const at = buffer.subarray(0, bytesRead).lastIndexOf(0x0a)
    if (at !== -1) return start + at + 1
    end = start
  }
  return 0
}
