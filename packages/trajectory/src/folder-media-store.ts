import { access, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { InterleaveError, isInterleaveError } from './error.ts'
import { FaultError } from './fault.ts'
import { fileError, isMissing } from './file-error.ts'
import type { MediaKey, MediaStore } from './media-store.ts'
import { contentHashSchema, type Image } from './media.ts'
import { verifyBytes } from './verify-bytes.ts'
import { writeFileAtomic } from './write-file-atomic.ts'

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/svg+xml': 'svg',
  'image/tiff': 'tif',
}

// A mime comes from files and tools: whatever could leave the folder becomes a plain name.
function extensionOf(mime: string): string {
  const known = extensions[mime]
  if (known !== undefined) return known
  return /^image\/(?:x-)?([a-z0-9]{1,16})$/.exec(mime)?.[1] ?? 'bin'
}

function asFault(error: unknown): unknown {
  if (!isInterleaveError(error) || error instanceof FaultError) return error
  return new FaultError('media', error.code, error.message, { cause: error })
}

/**
 * A media store of files, `<folder>/ab/<hash>.<extension>`. Files appear whole or not at all, so several processes may
 * put into one folder at once. The folder is made when the first image is put.
 */
export function folderMediaStore(folder: string): MediaStore {
  const writing = new Map<string, Promise<void>>()

  const fileOf = ({ hash, mime }: MediaKey): string => {
    if (!contentHashSchema.safeParse(hash).success)
      throw new InterleaveError(
        'bad_hash',
        `${JSON.stringify(hash)} is not a SHA-256 in 64 lower-case hexadecimal digits.`,
      )
    return join(folder, hash.slice(0, 2), `${hash}.${extensionOf(mime)}`)
  }

  const exists = async (file: string): Promise<boolean> => {
    try {
      await access(file)
      return true
    } catch (error) {
      if (isMissing(error)) return false
      throw fileError(error, 'read', file)
    }
  }

  const write = async (file: string, bytes: Uint8Array): Promise<void> => {
    if (await exists(file)) return
    await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => {
      throw fileError(error, 'write', file)
    })
    await writeFileAtomic(file, bytes)
  }

  return {
    async put(image: Pick<Image, 'hash' | 'mime' | 'bytes'>): Promise<void> {
      try {
        const file = fileOf(image)
        verifyBytes(image.hash, image.bytes, 'given to the store')
        const already = writing.get(file)
        if (already) return await already
        const work = write(file, image.bytes)
        writing.set(file, work)
        await work.finally(() => writing.delete(file))
      } catch (error) {
        throw asFault(error)
      }
    },
    async get(key: MediaKey): Promise<Uint8Array> {
      try {
        const file = fileOf(key)
        const bytes = await readFile(file).catch((error: unknown) => {
          if (!isMissing(error)) throw fileError(error, 'read', file)
          throw new FaultError('media', 'media_missing', `Image ${key.hash} is not in the store: there is no ${file}.`)
        })
        return verifyBytes(key.hash, bytes, `in ${file}`)
      } catch (error) {
        throw asFault(error)
      }
    },
    async has(key: MediaKey): Promise<boolean> {
      try {
        return await exists(fileOf(key))
      } catch (error) {
        throw asFault(error)
      }
    },
  }
}
