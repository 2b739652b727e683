import { FaultError } from './fault.ts'
import type { MediaKey, MediaStore } from './media-store.ts'
import type { Image } from './media.ts'
import { verifyBytes } from './verify-bytes.ts'

/** A media store in memory. It grows with every image put into it and ends with the process. */
export function memoryMediaStore(images: Iterable<Image> = []): MediaStore {
  const bytesOf = new Map<string, Uint8Array>()
  const keep = ({ hash, bytes }: Pick<Image, 'hash' | 'bytes'>): void => {
    bytesOf.set(hash, verifyBytes(hash, bytes, 'given to the store'))
  }
  for (const image of images) keep(image)
  return {
    async put(image): Promise<void> {
      if (!bytesOf.has(image.hash)) keep(image)
    },
    async get({ hash }: MediaKey): Promise<Uint8Array> {
      const bytes = bytesOf.get(hash)
      if (bytes === undefined)
        throw new FaultError('media', 'media_missing', `Image ${hash} was never put into the store.`)
      return verifyBytes(hash, bytes, 'in the store')
    },
    async has({ hash }: MediaKey): Promise<boolean> {
      return bytesOf.has(hash)
    },
  }
}
