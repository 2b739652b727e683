import { open, type FileHandle } from 'node:fs/promises'
import type { z } from 'zod'
import { describeIssue } from './describe-issue.ts'
import { InterleaveError, messageOf } from './error.ts'
import { fileError } from './file-error.ts'

export interface OpenJsonLinesOptions<Value> {
  /** Go on after what the file holds. Default false: what it holds is replaced. */
  readonly append?: boolean
  /** Refuse records that a reader with this schema would refuse. */
  readonly schema?: z.ZodType<Value>
}

/** Writes records to a file, one a line, in the order of the calls. */
export interface JsonLinesWriter<Value> extends AsyncDisposable {
  /**
   * Settles once the whole line is with the operating system: await it, and the writer's speed is the disk's. Throws
   * `invalid_record` (nothing was written, go on), `disk_full` or `unwritable_file` (every later write throws it too).
   */
  write(record: Value): Promise<void>
  /** Waits for what was written, brings it to disk and closes the file. Closing again does nothing. */
  close(): Promise<void>
}

/**
 * Opens a JSON Lines file to write. When a write fails half-way, as on a full disk, the part of a line is cut off again,
 * so that the file keeps whole lines only. The folder must exist. To append after a crash, call `cutUnfinishedLine` first.
 */
export async function openJsonLines<Value>(
  file: string,
  options: OpenJsonLinesOptions<Value> = {},
): Promise<JsonLinesWriter<Value>> {
  const handle = await open(file, options.append ? 'a+' : 'w').catch((error: unknown) => {
    throw fileError(error, 'write', file)
  })
  let size = options.append ? await endOfLines(handle, file) : 0
  let broken: InterleaveError | undefined
  let tail: Promise<unknown> = Promise.resolve()
  let closing: Promise<void> | undefined

  const append = async (record: Value): Promise<void> => {
    if (broken) throw broken
    const bytes = encode(record, options.schema, file)
    try {
      for (let done = 0; done < bytes.length;) done += (await handle.write(bytes, done)).bytesWritten
      size += bytes.length
    } catch (error) {
      broken = fileError(error, 'write', file)
      // A device has no length to cut; what fails here changes nothing for the caller.
      await handle.truncate(size).catch(() => {})
      throw broken
    }
  }

  const finish = async (): Promise<void> => {
    await tail
    try {
      if (!broken) await syncFile(handle)
    } catch (error) {
      throw fileError(error, 'write', file)
    } finally {
      await handle.close()
    }
  }

  const close = (): Promise<void> => (closing ??= finish())
  return {
    write(record): Promise<void> {
      if (closing) return Promise.reject(new InterleaveError('unwritable_file', `${file} is already closed.`))
      const work = tail.then(() => append(record))
      tail = work.catch(() => {})
      return work
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function encode<Value>(record: Value, schema: z.ZodType<Value> | undefined, file: string): Buffer {
  const refuse = (why: string, cause?: unknown): InterleaveError =>
    new InterleaveError('invalid_record', `A record was not written to ${file}: ${why}`, { cause })
  const checked = schema?.safeParse(record)
  if (checked?.success === false) throw refuse(describeIssue(checked.error))
  let json: string | undefined
  try {
    json = JSON.stringify(record)
  } catch (error) {
    throw refuse(`${messageOf(error)}.`, error)
  }
  if (json === undefined) throw refuse('it has no form in JSON.')
  return Buffer.from(`${json}\n`)
}

// Devices and pipes cannot be synced, and need not be.
async function syncFile(handle: FileHandle): Promise<void> {
  if ((await handle.stat()).isFile()) await handle.sync()
}

async function endOfLines(handle: FileHandle, file: string): Promise<number> {
  try {
    const { size } = await handle.stat()
    if (size === 0) return 0
    const last = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
    if (last.bytesRead === 1 && last.buffer[0] !== 0x0a)
      throw new InterleaveError('unfinished_line', `The last line of ${file} has no end: cut it off before appending.`)
    return size
  } catch (error) {
    await handle.close()
    throw error instanceof InterleaveError ? error : fileError(error, 'write', file)
  }
}
