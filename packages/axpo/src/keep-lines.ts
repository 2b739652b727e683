import { createReadStream } from 'node:fs'
import { stat, truncate } from 'node:fs/promises'
import { fileError, InterleaveError, isMissing } from '@interleave/trajectory'

/**
 * Cuts a file back to its first `lines` lines, in memory for one block of it. A file that is not there has none. Throws
 * `bad_run_folder` where it has fewer.
 */
export async function keepLines(file: string, lines: number): Promise<void> {
  const { size, found, end } = await endOfLine(file, lines)
  if (found < lines)
    throw new InterleaveError(
      'bad_run_folder',
      `${file} has ${found} lines where the journal counts ${lines}: it was changed after it was written, so the run cannot go on.`,
    )
  if (end === size) return
  await truncate(file, end).catch((error: unknown) => {
    throw fileError(error, 'write', file)
  })
}

/** Where line `lines` of a file ends, and how many of these there are. */
async function endOfLine(file: string, lines: number): Promise<{ size: number; found: number; end: number }> {
  let found = 0
  let end = 0
  let read = 0
  try {
    const { size } = await stat(file)
    if (lines === 0) return { size, found, end }
    for await (const block of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
      for (let at = block.indexOf(0x0a); at !== -1 && found < lines; at = block.indexOf(0x0a, at + 1)) {
        found += 1
        end = read + at + 1
      }
      read += block.length
      if (found === lines) break
    }
    return { size, found, end }
  } catch (error) {
    if (isMissing(error)) return { size: 0, found, end }
    throw fileError(error, 'read', file)
  }
}
