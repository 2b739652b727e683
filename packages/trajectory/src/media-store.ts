import type { Image, Media } from './media.ts'

/** Which image is asked for: its hash, and the mime that a store of files needs for the file's name. */
export type MediaKey = Pick<Media, 'hash' | 'mime'>

/**
 * Where the bytes of images lie, named by their SHA-256. Every failure is a `FaultError` with boundary `media`:
 * `media_missing`, `media_corrupt` (the bytes are not those of the hash) or the file's own trouble, such as `disk_full`.
 */
export interface MediaStore {
  /** Keeps an image. Doing so again changes nothing. Refuses bytes that are not those of the hash. */
  put(image: Pick<Image, 'hash' | 'mime' | 'bytes'>): Promise<void>
  /** The encoded bytes of an image, checked against its hash. */
  get(key: MediaKey): Promise<Uint8Array>
  /** Whether there is such an image. Its bytes are not read. */
  has(key: MediaKey): Promise<boolean>
}
